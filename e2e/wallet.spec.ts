/**
 * Wallets on the chain that `npm start` runs.
 * @module
 */
import { expect, test } from './fixtures.ts'
import { injectedName, injectWallet } from './injected-wallet.ts'

test('a wallet of the browser connects, is told of the wrong network, and switches', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  const wallet = await injectWallet(page)
  await page.goto(`${siteUrl}/wallet`)
  const connect = page.getByRole('button', { name: `Connect ${injectedName}` })
  await expect(connect).toHaveCount(1)
  expect(wallet.asked).toEqual([])

  wallet.decline()
  await connect.click()
  await expect(page.getByText('You declined in the wallet.')).toBeVisible()
  await connect.click()
  await expect(page.getByText(`${injectedName} is on another network.`)).toBeVisible()

  const change = page.getByRole('button', { name: 'Switch to Local chain' })
  wallet.decline()
  await change.click()
  await expect(page.getByText('You declined in the wallet.')).toBeVisible()
  await change.click()
  const account = page.getByRole('region', { name: 'Account' })
  await expect(account).toContainText(`${injectedName} on Local chain`)

  await account.getByRole('button', { name: 'Fill from the faucet' }).click()
  await expect(account).toContainText('100.00 WEFT')
  const asked = wallet.asked.length
  await page.reload()
  await expect(account).toContainText('100.00 WEFT')
  expect(wallet.asked).toHaveLength(asked)
})

test('the development wallet has money at once, and its key stays over a reload', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  await page.goto(`${siteUrl}/wallet`)
  await page.getByRole('button', { name: 'Connect Development wallet' }).click()
  const account = page.getByRole('region', { name: 'Account' })
  await expect(account).toContainText('100.00 WEFT')
  const address = () => account.locator('[title^="0x"]').getAttribute('title')
  const before = await address()
  await page.reload()
  await expect(account).toContainText('100.00 WEFT')
  expect(await address()).toBe(before)
  await account.getByRole('button', { name: 'Disconnect' }).click()
  await expect(page.getByRole('button', { name: 'Connect Development wallet' })).toBeVisible()
})
