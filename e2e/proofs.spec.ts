/**
 * A model with secret weights on the site, and a contract on the chain of `npm start` that acts on its proved score.
 * @module
 */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { injectWallet } from './injected-wallet.ts'
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

test('a proved score decides whether a contract lends', async ({ newBrowserPage, siteUrl }) => {
  const page = await newBrowserPage()
  await injectWallet(page)
  await page.goto(`${siteUrl}/wallet`)
  await connectWallet(page)
  await page.getByRole('link', { name: 'Models' }).click()
  await page.getByRole('link', { name: 'See one at work' }).click()

  const score = page.getByRole('status', { name: 'Score' })
  await expect(score).toHaveText('It says: repaid')
  await page.getByRole('button', { name: 'Prove it' }).click()
  await expect(page.getByRole('status', { name: 'Proof' })).toContainText('It holds.', {
    timeout: 60_000,
  })

  const apply = page.getByRole('button', { name: 'Apply with these answers' })
  const decision = page.getByRole('status', { name: 'Decision' })
  await apply.click()
  await expect(decision).toHaveText('Approved: the contract lends.', { timeout: 60_000 })

  await answer(page, risky)
  await expect(score).toHaveText('It says: defaulted')
  await expect(decision).toHaveText('')
  await apply.click()
  await expect(decision).toHaveText('Refused: the contract does not lend.', { timeout: 60_000 })
})
