/**
 * What a person does on Wallet.
 * @module
 */
import { expect, type Page } from '@playwright/test'
import { parseEther } from 'viem'
import { injectedName } from './injected-wallet.ts'

/** Connects the injected wallet, switches it to the site's chain and fills it: 100 WEFT. */
export async function connectWallet(page: Page): Promise<void> {
  await page.getByRole('button', { name: `Connect ${injectedName}` }).click()
  await page.getByRole('button', { name: /^Switch to/ }).click()
  await page.getByRole('button', { name: 'Fill from the faucet' }).click()
  await expect(page.getByRole('region', { name: 'Account' })).toContainText('100.00 WEFT')
}

/** A wallet that is on the site's chain; the page may have forgotten it. */
export async function connectAgain(page: Page): Promise<void> {
  const connect = page.getByRole('button', { name: `Connect ${injectedName}` })
  const account = page.getByRole('region', { name: 'Account' })
  await connect.or(account).waitFor()
  if (await connect.isVisible()) await connect.click()
  await account.waitFor()
}

/** Says that the key of the link is the one that its frame shows; before that no limit can be set. */
export async function confirmKey(page: Page): Promise<void> {
  await expect(page.getByLabel('Up to')).toHaveCount(0)
  await page.getByRole('checkbox', { name: 'this very key' }).check()
}

/** By one signature, for a day. @param upTo - whole WEFT that the page may spend */
export async function deposit(page: Page, upTo: number): Promise<void> {
  await page.getByLabel('Up to').fill(`${upTo}`)
  await page.getByRole('button', { name: `Deposit ${(1.1 * upTo).toFixed(2)} WEFT` }).click()
  await expect(page.getByTestId('limit')).toContainText(
    `up to ${upTo.toFixed(2)} WEFT until tomorrow`,
  )
}

/** What was left of the limit waits from then on. */
export async function stopSpending(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop spending now' }).click()
  await limitEnded(page)
}

/** The page opens again as another peer; what was left waits as well. */
export async function changeKey(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Use a new key' }).click()
  const opened = page.waitForEvent('load')
  await page.getByRole('button', { name: 'Change the key' }).click()
  await opened
  await limitEnded(page)
}

async function limitEnded(page: Page): Promise<void> {
  await expect(page.getByText('This tab may spend nothing.')).toBeVisible()
  await expect(
    page.getByText(/at most of a limit that has ended. It can be taken back from/),
  ).toBeVisible()
}

/** What waited of so many limits, and all that is not locked: nothing of it is left in the contract. */
export async function takeBack(page: Page, limits: number): Promise<void> {
  const ended = page.getByRole('button', { name: 'Take it back' })
  for (let left = limits; left > 0; left -= 1) {
    await expect(ended).toHaveCount(left)
    await ended.first().click()
  }
  await expect(ended).toHaveCount(0)
  await page.getByRole('button', { name: /^Withdraw / }).click()
  await expect(page.getByRole('button', { name: /^Withdraw / })).toHaveCount(0)
}

/** The sum of all payments that this browser lists. */
export async function listedWei(page: Page): Promise<bigint> {
  const amounts = page.getByRole('region', { name: 'Payments' }).locator('li [title$=WEFT]')
  await amounts.first().waitFor()
  const titles = await amounts.evaluateAll((all) => all.map((each) => each.getAttribute('title')))
  return titles.reduce((sum, title) => sum + parseEther((title ?? '').replace(' WEFT', '')), 0n)
}
