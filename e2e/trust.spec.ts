/**
 * Four contributors of whom two cheat, as real tabs: who asks and has every answer checked finds both, asks them
 * no more, and never hears that an honest one lied.
 * @module
 */
import type { Page } from '@playwright/test'
import type { Cheat } from './cheats/cheat.ts'
import { test, willCheat } from './cheats/fixtures.ts'
import { startServing } from './contributor.ts'
import { expect } from './fixtures.ts'
import { openPayer } from './paying-people.ts'
import { playground } from './playground.ts'

/** Who computes less can ask for less, and is asked first. */
const honestPrice = { input: '1', output: '1' }
const cheatPrice = { input: '0.1', output: '0.1' }
const limits = { upTo: 2, payAtMost: '3' }
/** Two in a chat: who reads only the last message is honest about the first. */
const questions = [
  'Tell me a story about a fox and a lantern.',
  'Tell me a story about a whale and a bell.',
]
const mostJobs = 20
const jobsAfterwards = 4

test('of four contributors two cheat: both are found within twenty jobs and asked no more', async ({
  cheatsUrl,
  newBrowserPage,
  siteUrl,
}) => {
  test.setTimeout(240_000)
  const first = await newBrowserPage()
  const another = async () => {
    const context = await first.context().browser()?.newContext()
    if (!context) throw new Error('no browser')
    return context.newPage()
  }
  const serve = async (page: Page, cheat?: Cheat) => {
    if (cheat) await willCheat(page, cheat)
    const price = cheat ? cheatPrice : honestPrice
    await startServing(page, cheat ? cheatsUrl : siteUrl, { backend: 'wasm', price })
    return page.getByTestId('own-peer-id').innerText()
  }
  const honest = [await serve(first), await serve(await another())]
  const cheats = [
    await serve(await another(), 'fewer-bits'),
    await serve(await another(), 'last-message'),
  ]

  const client = await newBrowserPage()
  await openPayer(client, siteUrl, limits)
  await playground(client).choose('always')
  const found = new Set<string>()
  let jobs = 0
  const ask = async (): Promise<string> => {
    const question = questions[jobs % questions.length] ?? ''
    if (jobs > 0 && jobs % questions.length === 0) await newChat(client)
    jobs += 1
    const { maker, outcome } = await askAndCheck(client, question)
    if (!maker) throw new Error('Nobody has made it.')
    if (honest.includes(maker)) expect(outcome).toBe('passed')
    if (outcome === 'failed') found.add(maker)
    return maker
  }
  while (jobs < mostJobs && found.size < cheats.length) {
    const before = new Set(found)
    expect(before).not.toContain(await ask())
  }
  expect([...found].sort()).toEqual([...cheats].sort())
  for (let job = 0; job < jobsAfterwards; job += 1) expect(honest).toContain(await ask())
})

function newChat(client: Page): Promise<void> {
  return client.getByRole('button', { name: 'New chat' }).filter({ visible: true }).click()
}

/** @returns who answered, and what a verifier found */
async function askAndCheck(client: Page, question: string) {
  const screen = playground(client)
  await screen.ask(question)
  expect(await screen.ended()).toMatchObject({ where: 'network', peers: 1 })
  await expect(screen.summary).toHaveAttribute('data-check', /./, { timeout: 30_000 })
  const outcome = await screen.summary.getAttribute('data-check')
  await screen.answers.getByRole('button', { name: 'Receipt' }).last().click()
  const peer = client
    .getByRole('dialog')
    .locator('dl > div')
    .filter({ has: client.getByText('Peer', { exact: true }) })
    .locator('dd [title]')
  const maker = await peer.getAttribute('title')
  await client.keyboard.press('Escape')
  return { maker, outcome }
}
