/**
 * Wallets on the chain that `npm start` runs.
 * @module
 */
import { feedBytecode } from '@weft/payments/testing'
import { createPublicClient, createWalletClient, http } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
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

test('where a feed says what the token is worth, amounts say it as well', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const page = await newBrowserPage()
  const fiatFeed = { address: await deployFeed(siteUrl), currency: 'USD', heartbeatSeconds: 3_600 }
  await page.route('**/weft.json', async (route) => {
    const config = await (await route.fetch()).json()
    config.networks[0].fiatFeed = fiatFeed
    await route.fulfill({ json: config })
  })
  await page.goto(`${siteUrl}/wallet`)
  await page.getByRole('button', { name: 'Connect Development wallet' }).click()
  const account = page.getByRole('region', { name: 'Account' })
  await expect(account).toContainText('100.00 WEFT')
  await expect(account).toContainText('about $41.25')
  await page.getByLabel('Up to').fill('4')
  await expect(page.getByText('about $1.82')).toBeVisible()
})

/** 0.4125 dollars for a token, now. */
async function deployFeed(siteUrl: string): Promise<string> {
  const transport = http(`${siteUrl}/chain`)
  const account = mnemonicToAccount('test test test test test test test test test test test junk')
  const hash = await createWalletClient({ account, chain: foundry, transport }).deployContract({
    abi: [],
    bytecode: feedBytecode({
      answer: 41_250_000n,
      decimals: 8,
      updatedAt: Math.floor(Date.now() / 1000),
    }),
  })
  const { contractAddress } = await createPublicClient({
    chain: foundry,
    transport,
  }).waitForTransactionReceipt({ hash })
  if (!contractAddress) throw new Error('The feed was not deployed.')
  return contractAddress
}
