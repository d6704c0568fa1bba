/**
 * A small storm among real tabs: contributors are closed, crash and come again, the relay is killed and
 * comes back, and two people go on asking. Every answer is whole and right.
 * @module
 */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { playground } from './playground.ts'

const seed = 7
const questions = [
  'Tell me a story about a fox and a lantern.',
  'Tell me a story about a whale and a bell.',
  'Write a story about a bear who finds a map.',
]

/** A linear congruential generator (Numerical Recipes): one seed, one sequence of victims. */
function createDraw(start: number): (count: number) => number {
  let state = start
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state % count
  }
}

test('six tabs in a storm: every answer is whole, and the same when it is computed again', async ({
  contributor,
  newBrowserPage,
  relay,
  siteUrl,
}) => {
  test.setTimeout(240_000)
  const draw = createDraw(seed)
  const nodes = await Promise.all([1, 2, 3, 4].map(() => contributor('wasm')))
  const victim = () => nodes.splice(draw(nodes.length), 1)[0] as Page
  const clients = await Promise.all([newBrowserPage(), newBrowserPage()])
  await Promise.all(clients.map((client) => client.goto(siteUrl)))
  await Promise.all(clients.map((client) => playground(client).prompt.focus()))

  const close = () => victim().close()
  const crash = async () => {
    const page = victim()
    const session = await page.context().newCDPSession(page)
    // There is nobody left to answer.
    session.send('Page.crash').catch(() => {})
  }
  const restartRelay = async () => {
    await relay.kill()
    await relay.restart()
  }
  const comeAgain = async () => void nodes.push(await contributor('wasm'))

  for (const happen of [close, restartRelay, comeAgain, crash]) {
    const question = questions[draw(questions.length)] ?? ''
    const pages = clients.map(playground)
    await Promise.all(
      pages.map(({ networkStatus }) => expect(networkStatus).toContainText(/online/i)),
    )
    await Promise.all(pages.map((page) => page.ask(question)))
    await happen()
    for (const ended of await Promise.all(pages.map((page) => page.ended()))) {
      // A story may be longer than an answer.
      expect(ended).toMatchObject({
        finish: expect.stringMatching(/stop|length/),
        where: 'network',
      })
    }
    await Promise.all(clients.map(recheckLast))
  }
})

/** Computes the last answer again on the client's own device. */
async function recheckLast(client: Page): Promise<void> {
  const { answers } = playground(client)
  await answers.getByRole('button', { name: 'Receipt' }).last().click()
  const receipt = client.getByRole('dialog')
  await receipt.getByRole('button', { name: 'Check on this device' }).click()
  const verdict = receipt.getByText(/All \d+ tokens are the same/)
  await expect(verdict).toBeVisible({ timeout: 60_000 })
  await client.keyboard.press('Escape')
  await expect(receipt).toBeHidden()
}
