/**
 * Trust, with real tabs and a chain: of four contributors two cheat; three tabs verify, and the honest contributors
 * do so as well: five seats fill both panels. Who asks finds both and asks them no more; the court takes half of what
 * each has at stake; who never met them does not ask them either.
 * @module
 */
import type { Page } from '@playwright/test'
import { parseEther } from 'viem'
import type { Cheat } from './cheats/cheat.ts'
import { willCheat } from './cheats/start-cheats.ts'
import { startServing } from './contributor.ts'
import { expect, test } from './fixtures.ts'
import { injectWallet } from './injected-wallet.ts'
import { openLedger } from './ledger.ts'
import { goTo, openPayer } from './paying-people.ts'
import { playground } from './playground.ts'
import { connectWallet } from './wallet-page.ts'

/** Who computes less can ask for less, and is asked first. */
const honestPrice = { input: '1', output: '1' }
const cheatPrice = { input: '0.1', output: '0.1' }
/** What the honest ask for: as bad as ten seconds more, so that a cheat is asked though its tab is the slower one. */
const limits = { upTo: 2, payAtMost: honestPrice.input }
/** Two in a chat: who reads only the last message is honest about the first. */
const questions = [
  'Tell me a story about a fox and a lantern.',
  'Tell me a story about a whale and a bell.',
]
const mostJobs = 20
const jobsAfterwards = 4

test('of four contributors two cheat: found within twenty jobs, avoided, and half of their stake taken', async ({
  cheatsUrl,
  newBrowserPage,
  siteUrl,
}) => {
  test.setTimeout(420_000)
  const { step } = test
  const ledger = await openLedger(siteUrl)
  const beginning = await ledger.snapshot()
  const first = await newBrowserPage()
  const another = async () => {
    const context = await first.context().browser()?.newContext()
    if (!context) throw new Error('no browser')
    return context.newPage()
  }

  const verifiers = await step('three tabs take a seat and verify', async () => {
    const pages = [first, await another(), await another()]
    await Promise.all(pages.map((page) => verify(page, siteUrl)))
    return pages
  })
  const contributors = await step('two contributors are honest, and check as well', () => {
    const serve = async () => {
      const page = await another()
      await takeSeat(page, siteUrl)
      await startServing(page, siteUrl, { backend: 'wasm', price: honestPrice })
      return page
    }
    return Promise.all([serve(), serve()])
  })
  const honest = await Promise.all(contributors.map(peerOf))
  const cheats = await step('two cheat, each with a stake', async () =>
    Promise.all([
      cheat(await another(), cheatsUrl, 'fewer-bits'),
      cheat(await another(), cheatsUrl, 'last-message'),
    ]),
  )
  const stakes = () =>
    Promise.all(
      cheats.map(async ({ owner }) => {
        const { stakeWei } = await ledger.stakeOf(await ledger.operatorOf(owner))
        return stakeWei
      }),
    )
  expect(await stakes()).toEqual([parseEther('5'), parseEther('5')])

  const client = await another()
  await openPayer(client, siteUrl, limits)
  await playground(client).choose('always')
  const found = new Set<string>()
  const said: string[] = []
  let jobs = 0
  const ask = async (): Promise<string> => {
    const question = questions[jobs % questions.length] ?? ''
    if (jobs > 0 && jobs % questions.length === 0) await newChat(client)
    jobs += 1
    const { maker, outcome } = await askAndCheck(client, question)
    said.push(`${honest.includes(maker) ? 'honest' : 'cheat'} ${maker.slice(-6)}: ${outcome}`)
    if (honest.includes(maker)) expect(outcome).toBe('passed')
    if (outcome === 'failed') found.add(maker)
    return maker
  }
  await step('both are found', async () => {
    while (jobs < mostJobs && found.size < cheats.length) {
      const before = new Set(found)
      expect(before).not.toContain(await ask())
    }
    expect([...found].sort(), said.join('\n')).toEqual(cheats.map(({ peer }) => peer).sort())
  })
  await step('and asked no more', async () => {
    for (let job = 0; job < jobsAfterwards; job += 1) expect(honest).toContain(await ask())
  })

  await step('the court takes half of what they have at stake', async () => {
    // A case is on the screen of whoever found it.
    for (const page of contributors) await openVerify(page)
    const cases = async () => {
      const checking = [...verifiers, ...contributors]
      const screens = checking.map((page) => page.getByRole('main').innerText())
      return (await Promise.all(screens)).join('\n')
    }
    for (const { peer } of cheats) {
      const convicted = new RegExp(`${peer.slice(-6)}\\. Convicted\\. It lost 2\\.50 WEFT\\.`)
      await expect.poll(cases, { timeout: 180_000, intervals: [1_000] }).toMatch(convicted)
    }
    const half = parseEther('2.5')
    expect(await stakes()).toEqual([half, half])
  })
  await step('who never met them does not ask them either', async () => {
    const stranger = await another()
    await openPayer(stranger, siteUrl, limits)
    await openVerify(stranger)
    await goTo(stranger, 'Playground')
    await playground(stranger).choose('signed')
    for (const question of questions) {
      await playground(stranger).ask(question)
      expect(await playground(stranger).ended()).toMatchObject({ where: 'network' })
      expect(honest).toContain(await makerOf(stranger))
    }
  })
  // Nobody comes to these seats any more.
  await first.context().browser()?.close()
  await ledger.revert(beginning)
})

/** By the wallet that comes with the site. */
async function takeSeat(page: Page, siteUrl: string): Promise<void> {
  await page.goto(`${siteUrl}/wallet`)
  await page.getByRole('button', { name: 'Connect Development wallet' }).click()
  await expect(page.getByRole('region', { name: 'Account' })).toContainText('100.00 WEFT')
  await page.goto(`${siteUrl}/verify`)
  const seat = page.getByRole('region', { name: 'Seat' })
  await seat.getByRole('button', { name: 'Take a seat' }).click()
  await expect(seat).toContainText('This tab has a seat', { timeout: 30_000 })
}

/** Without a load of the page: what it does goes on. */
async function openVerify(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Verify' }).first().click()
  await expect(page.getByRole('region', { name: 'Seat' })).toBeVisible()
}

async function verify(page: Page, siteUrl: string): Promise<void> {
  await takeSeat(page, siteUrl)
  await page.getByRole('combobox', { name: 'Backend' }).selectOption('wasm')
  await page.getByRole('switch', { name: 'Verify' }).click()
  const status = page.getByRole('status', { name: 'Verifier status' })
  await expect(status).toContainText('Ready and registered', { timeout: 60_000 })
}

/** @returns its peer, and whose it is */
async function cheat(page: Page, cheatsUrl: string, how: Cheat) {
  await willCheat(page, how)
  const wallet = await injectWallet(page)
  await startServing(page, cheatsUrl, { backend: 'wasm', price: cheatPrice, checks: false })
  const peer = await peerOf(page)
  await page.getByRole('link', { name: 'Connect a wallet' }).first().click()
  await connectWallet(page)
  await goTo(page, 'Contribute')
  await page.getByRole('button', { name: 'Let this wallet claim' }).click()
  const stake = page.getByRole('region', { name: 'Stake' })
  await stake.getByLabel('Amount').fill('5')
  await stake.getByRole('button', { name: 'Stake', exact: true }).click()
  await expect(stake).toContainText('5.00 WEFT is at stake for this tab.')
  return { peer, owner: wallet.address }
}

function peerOf(contributor: Page): Promise<string> {
  return contributor.getByTestId('own-peer-id').innerText()
}

function newChat(client: Page): Promise<void> {
  return client.getByRole('button', { name: 'New chat' }).filter({ visible: true }).click()
}

/** @returns who answered, and what verifiers found */
async function askAndCheck(client: Page, question: string) {
  const screen = playground(client)
  await screen.ask(question)
  expect(await screen.ended()).toMatchObject({ where: 'network', peers: 1 })
  await expect(screen.summary).toHaveAttribute('data-check', /./, { timeout: 30_000 })
  return { maker: await makerOf(client), outcome: await screen.summary.getAttribute('data-check') }
}

/** By the receipt of the last answer. */
async function makerOf(client: Page): Promise<string> {
  await playground(client).answers.getByRole('button', { name: 'Receipt' }).last().click()
  const peer = client
    .getByRole('dialog')
    .locator('dl > div')
    .filter({ has: client.getByText('Peer', { exact: true }) })
    .locator('dd [title]')
  const maker = await peer.getAttribute('title')
  await client.keyboard.press('Escape')
  if (!maker) throw new Error('Nobody has made it.')
  return maker
}
