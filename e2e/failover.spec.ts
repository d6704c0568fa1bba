/**
 * Tabs that are lost in mid-answer: the person sees a short pause and a note, and the whole answer.
 * @module
 */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { playground, recordStream } from './playground.ts'

const story = 'Tell me a story about a fox and a lantern.'

type Death = { name: string; kill: (page: Page) => Promise<unknown> }

const closes: Death = { name: 'closed', kill: (page) => page.close() }
const crashes: Death = { name: 'crashed', kill: (page) => tell(page, 'Page.crash') }
const browserCrashes: Death = { name: 'killed', kill: (page) => tell(page, 'Browser.crash') }
const hangs: Death = {
  name: 'hung',
  kill: async (page) => {
    const forever = () => {
      for (;;);
    }
    // Nobody waits for it: it never ends.
    page.evaluate(forever).catch(() => {})
  },
}
const leaves: Death = {
  name: 'switched off',
  kill: (page) => page.getByRole('switch', { name: 'Serve' }).click(),
}

async function tell(page: Page, command: 'Page.crash' | 'Browser.crash'): Promise<void> {
  const session = await page.context().newCDPSession(page)
  // There is nobody left to answer.
  session.send(command).catch(() => {})
}

for (const deaths of [
  [closes, hangs],
  [crashes, leaves, browserCrashes],
]) {
  const names = deaths.map(({ name }) => name).join(', then ')
  test(`nodes are lost in mid-answer, ${names}: the answer goes on`, async ({
    contributor,
    newBrowserPage,
    siteUrl,
  }) => {
    test.setTimeout(300_000)
    // Software WebGPU: slow enough to be caught in the act.
    const nodes = await Promise.all(
      Array.from({ length: deaths.length + 1 }, () => contributor('webgpu')),
    )
    const client = await newBrowserPage()
    await client.goto(siteUrl)
    const page = playground(client)
    const record = await recordStream(client)
    await page.ask(story)
    let tokens = 0
    for (const { kill } of deaths) {
      const more = async () => Number(await page.summary.getAttribute('data-tokens'))
      await expect.poll(more, { timeout: 60_000, intervals: [20] }).toBeGreaterThan(tokens + 4)
      const answering = await findAnswering(nodes)
      nodes.splice(nodes.indexOf(answering), 1)
      tokens = await more()
      await kill(answering)
    }

    const end = await page.ended()
    expect(end).toMatchObject({ finish: 'stop', where: 'network', peers: deaths.length + 1 })
    await expect(page.answers).toContainText(/stopped (after|on the way)/)
    await expect(page.answers.getByRole('region', { name: 'Problem' })).toHaveCount(0)
    const counts = (await record()).map((step) => step.tokens)
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))

    await client.getByRole('button', { name: 'Receipt' }).click()
    const receipt = client.getByRole('dialog')
    await expect(receipt.getByText('Handover')).toHaveCount(deaths.length)
  })
}

/** The tab that says it answers; one that hangs says nothing. */
async function findAnswering(nodes: Page[]): Promise<Page> {
  for (const node of nodes) {
    const status = node.getByRole('status', { name: 'Node status' })
    if ((await status.innerText({ timeout: 5_000 })).includes('Answering')) return node
  }
  throw new Error('No tab says that it answers.')
}
