/**
 * Tabs that are lost in mid-answer: the person sees a short pause and a note, and the whole answer.
 * @module
 */
import type { Page } from '@playwright/test'
import { crash, findAnswering, slowDown } from './contributor.ts'
import { expect, test } from './fixtures.ts'
import { onToken, playground, recordStream } from './playground.ts'

const story = 'Tell me a story about a fox and a lantern.'

type Death = { name: string; kill: (page: Page) => Promise<unknown> }

const closes: Death = { name: 'closed', kill: (page) => page.close() }
const crashes: Death = { name: 'crashed', kill: (page) => crash(page, 'Page.crash') }
const browserCrashes: Death = { name: 'killed', kill: (page) => crash(page, 'Browser.crash') }
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
const babbles: Death = {
  name: 'sending garbage',
  kill: (page) =>
    page.evaluate(() => {
      const { send } = RTCDataChannel.prototype
      RTCDataChannel.prototype.send = function (data: unknown) {
        const { byteLength } = data as ArrayBuffer | ArrayBufferView
        send.call(this, crypto.getRandomValues(new Uint8Array(byteLength)))
      }
    }),
}
const leaves: Death = {
  name: 'switched off',
  kill: (page) => page.getByRole('switch', { name: 'Serve' }).click(),
}

/** To the others as a cut cable: not a packet comes any more, not even of its operating system's half. */
const stops: Death = {
  name: 'cut off',
  kill: async (page) => {
    const session = await page.context().browser()?.newBrowserCDPSession()
    const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {}
    for (const { id } of processInfo) process.kill(id, 'SIGSTOP')
    stopped.push(...processInfo.map(({ id }) => id))
  },
}
const stopped: number[] = []

function killStopped(): void {
  for (const id of stopped.splice(0)) process.kill(id, 'SIGKILL')
}
test.afterEach(killStopped)

const deaths = [closes, crashes, browserCrashes, stops, hangs, babbles, leaves]

test(`a node is lost in mid-answer, ${deaths.map(({ name }) => name).join(', ')}: another tab goes on`, async ({
  contributor,
  newBrowserPage,
  siteUrl,
}) => {
  test.setTimeout(300_000)
  const serveSlowly = async () => {
    const node = await contributor('wasm')
    await slowDown(node, 15)
    return node
  }
  const client = await newBrowserPage()
  await client.goto(siteUrl)
  const page = playground(client)
  // Who went on with one answer may be lost in the next: each needs one new tab, not two.
  const nodes = [await serveSlowly()]

  for (const { name, kill } of deaths) {
    await test.step(name, async () => {
      nodes.push(await serveSlowly())
      const stream = await recordStream(client)
      let lost: Page | undefined
      const killed = onToken(client, 5, async () => {
        lost = await findAnswering(nodes)
        await kill(lost)
      })
      await page.ask(story)
      await killed
      expect(await page.ended()).toMatchObject({ finish: 'stop', where: 'network', peers: 2 })
      await expect(page.answers).toContainText(/The first tab stopped after \d+ tokens?/)
      await expect(page.answers.getByRole('region', { name: 'Problem' })).toHaveCount(0)
      const counts = (await stream()).map(({ tokens }) => tokens)
      expect(counts).toEqual(counts.toSorted((a, b) => a - b))

      await page.answers.getByRole('button', { name: 'Receipt' }).click()
      const receipt = client.getByRole('dialog')
      await expect(receipt.getByText('Handover')).toBeVisible()
      // The rest is what the first node would have said.
      await receipt.getByRole('button', { name: 'Check on this device' }).click()
      await expect(receipt.getByText(/All \d+ tokens are the same/)).toBeVisible({
        timeout: 60_000,
      })
      await client.keyboard.press('Escape')
      await client.getByRole('button', { name: 'New chat' }).filter({ visible: true }).click()
      await expect(page.summary).toHaveCount(0)
      // What is left of it answers nobody any more.
      killStopped()
      await lost?.context().browser()?.close()
      nodes.splice(nodes.indexOf(lost as Page), 1)
    })
  }
})
