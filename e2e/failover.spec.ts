/**
 * Tabs that are lost in mid-answer: the person sees a short pause and a note, and the whole answer.
 * @module
 */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { playground, recordStream } from './playground.ts'

const story = 'Tell me a story about a fox and a lantern.'
const nodeStatus = (page: Page) => page.getByRole('status', { name: 'Node status' })

type Death = { name: string; kill: (page: Page) => Promise<unknown> }

const deaths: Death[] = [
  { name: 'its tab is closed', kill: (page) => page.close() },
  { name: 'its renderer crashes', kill: (page) => tell(page, 'Page.crash') },
  { name: 'its browser crashes', kill: (page) => tell(page, 'Browser.crash') },
  {
    name: 'its page hangs',
    kill: async (page) => {
      // Nobody waits for it: it never ends.
      page
        .evaluate(() => {
          for (;;);
        })
        .catch(() => {})
    },
  },
  {
    name: 'it is switched off',
    kill: (page) => page.getByRole('switch', { name: 'Serve' }).click(),
  },
]

async function tell(page: Page, command: 'Page.crash' | 'Browser.crash'): Promise<void> {
  const session = await page.context().newCDPSession(page)
  // There is nobody left to answer.
  session.send(command).catch(() => {})
}

for (const { name, kill } of deaths) {
  test(`a node is lost in mid-answer, ${name}: another tab goes on`, async ({
    contributor,
    newBrowserPage,
    siteUrl,
  }) => {
    // Software WebGPU: slow enough to be caught in the act.
    const nodes = await Promise.all([contributor('webgpu'), contributor('webgpu')])
    const client = await newBrowserPage()
    await client.goto(siteUrl)
    const page = playground(client)
    const record = await recordStream(client)
    await page.ask(story)
    await expect(page.summary).toHaveAttribute('data-tokens', /^([6-9]|\d\d)/, { timeout: 60_000 })
    const busy = await Promise.all(
      nodes.map(async (node) => (await nodeStatus(node).innerText()).includes('Answering')),
    )
    expect(busy.filter(Boolean)).toHaveLength(1)
    await kill(nodes[busy.indexOf(true)] as Page)
    const killedMs = Date.now()

    expect(await page.ended()).toMatchObject({ finish: 'stop', where: 'network', peers: 2 })
    await expect(page.answers).toContainText(/The first tab stopped after \d+ tokens/)
    await expect(page.answers.getByRole('region', { name: 'Problem' })).toHaveCount(0)
    const steps = await record()
    const tokens = steps.map((step) => step.tokens)
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b))
    const after = steps.filter(({ atMs }) => atMs > killedMs)
    const gaps = after.slice(1).map(({ atMs }, index) => atMs - (after[index]?.atMs ?? atMs))
    test.info().annotations.push({ type: 'gap', description: `${Math.max(0, ...gaps)} ms` })

    // The receipt names both, and the same seed gives the same tokens here.
    await client.getByRole('button', { name: 'Receipt' }).click()
    const receipt = client.getByRole('dialog')
    await expect(receipt).toContainText('Handover')
  })
}
