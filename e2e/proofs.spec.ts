/**
 * A model with secret weights on the site, and a contract on the chain of `npm start` that acts on its proved score.
 * @module
 */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { injectWallet } from './injected-wallet.ts'
import { tamper, tapProver } from './prover-tap.ts'
import { refusalOf, withWord } from './refusals.ts'
import { connectWallet } from './wallet-page.ts'

/** Answers of somebody who will not repay. */
const risky = {
  income: 1_000,
  'debt payments': 900,
  loan: 15_000,
  term: 12,
  'late payments in 2 years': 6,
  'since the last late payment': 1,
  'credit in use': 95,
  savings: 0,
}

async function answer(page: Page, answers: Record<string, number>): Promise<void> {
  for (const [name, value] of Object.entries(answers)) {
    await page.getByLabel(name, { exact: true }).fill(`${value}`)
  }
}

/** On the screen, with its model fetched. */
async function openModel(page: Page, siteUrl: string): Promise<void> {
  await page.goto(`${siteUrl}/models/proved`)
  await expect(page.getByRole('status', { name: 'Score' })).toHaveText('It says: repaid')
}

async function doForOthers(page: Page, what: string): Promise<void> {
  await page.getByLabel('What this tab does').selectOption(what)
}

/** What `ProvedInference.prove` takes: the request's id, then the scores, the domain and the request of the proof. */
const words = { id: 0, scores: 1, domain: 2, request: 3, lastOfProof: 11 }

test('a proved score decides whether a contract lends, and nothing else does', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  const wallet = await injectWallet(page)
  await page.goto(`${siteUrl}/wallet`)
  await connectWallet(page)
  await page.getByRole('link', { name: 'Models' }).click()
  await page.getByRole('link', { name: 'See one at work' }).click()

  const score = page.getByRole('status', { name: 'Score' })
  await expect(score).toHaveText('It says: repaid')
  const apply = page.getByRole('button', { name: 'Apply with these answers' })
  const decision = page.getByRole('status', { name: 'Decision' })
  await apply.click()
  await expect(decision).toHaveText('Approved: the contract lends.', { timeout: 60_000 })
  const sent = wallet.transactions.at(-1) ?? {}
  expect(await refusalOf(siteUrl, sent)).toBe('AlreadyProved')

  // The next proof is in the wallet's hands, and not sent: what the contract says of it, and of it changed.
  await answer(page, risky)
  await expect(score).toHaveText('It says: defaulted')
  await expect(decision).toHaveText('')
  const before = wallet.transactions.length
  await apply.click()
  await expect.poll(() => wallet.transactions.length).toBe(before + 1)
  wallet.decline()
  await expect.poll(() => wallet.transactions.length, { timeout: 60_000 }).toBe(before + 2)
  const honest = wallet.transactions.at(-1) ?? {}
  const changed = (index: number, change = (word: bigint) => word + 1n) =>
    refusalOf(siteUrl, withWord(honest, index, change))
  expect(await refusalOf(siteUrl, honest)).toBeNull()
  expect(await changed(words.scores)).toBe('InvalidProof')
  expect(await changed(words.lastOfProof)).toBe('InvalidProof')
  expect(await changed(words.domain)).toBe('ForeignProof')
  expect(await changed(words.request)).toBe('NotForThisRequest')
  // The proof of the first loan, for the second.
  const [{ data: of = '0x' }, idOf] = [honest, 10 + 64 * words.id]
  const second = BigInt(`0x${of.slice(idOf, idOf + 64)}`)
  expect(
    await refusalOf(
      siteUrl,
      withWord(sent, words.id, () => second),
    ),
  ).toBe('NotForThisRequest')

  await apply.click()
  await expect(decision).toHaveText('Refused: the contract does not lend.', { timeout: 60_000 })
})

test('a tab proves for another, a third looks, and one that lies is found', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const [client, prover, verifier] = await Promise.all([
    newBrowserPage(),
    newBrowserPage(),
    newBrowserPage(),
  ])
  await tapProver(prover)
  await Promise.all([client, prover, verifier].map((page) => openModel(page, siteUrl)))
  await Promise.all([doForOthers(prover, 'proves'), doForOthers(verifier, 'checks')])

  const proof = client.getByRole('status', { name: 'Proof' })
  const done = (page: Page) => page.getByRole('status', { name: 'Done for others' })
  const prove = client.getByRole('button', { name: 'Prove it' })
  await expect(async () => {
    await prove.click()
    await expect(proof).toContainText('It holds.', { timeout: 60_000 })
    await expect(proof).toHaveText(/Proved by 16U.* checked here in \d+ ms and by 16U/)
  }).toPass({ timeout: 90_000 })
  await expect(done(prover)).toContainText(/proved (one|\d+) answer/)
  await expect(done(verifier)).toContainText(/checked (one|\d+) proof/)

  await tamper(prover)
  // A machine that does much else may take longer than it is waited for: then nothing was sent, nor a lie.
  await expect(async () => {
    await prove.click()
    await expect(proof).toContainText('It holds.', { timeout: 60_000 })
    await expect(client.getByRole('alert')).toContainText('sent a proof that does not hold')
  }).toPass({ timeout: 90_000 })
  await expect(proof).toContainText('Proved by this tab')
})
