/**
 * Money as a person meets it: a deposit, paid answers, and a wallet that is asked no more.
 * @module
 */
import { expect, test } from './fixtures.ts'
import { injectedName, injectWallet } from './injected-wallet.ts'
import { playground } from './playground.ts'

/** One WEFT for a million tokens. */
const weiPerToken = 10n ** 12n

test('after one deposit, answers cost their tokens and the wallet is asked nothing', async ({
  newBrowserPage,
  siteUrl,
}) => {
  const node = await newBrowserPage()
  await node.goto(`${siteUrl}/contribute`)
  await node.getByRole('combobox', { name: 'Backend' }).selectOption('wasm')
  await node.getByRole('combobox', { name: 'On battery' }).selectOption('serve')
  await node.getByLabel('A million tokens of answers').fill('1')
  await node.getByRole('switch', { name: 'Serve' }).click()

  const page = await newBrowserPage()
  const wallet = await injectWallet(page)
  await page.goto(`${siteUrl}/wallet`)
  await page.getByRole('button', { name: `Connect ${injectedName}` }).click()
  await page.getByRole('button', { name: /^Switch to/ }).click()
  await page.getByRole('button', { name: 'Fill from the faucet' }).click()
  await page.getByRole('button', { name: 'Deposit 2.20 WEFT' }).click()
  await expect(page.getByTestId('limit')).toContainText('up to 2.00 WEFT until tomorrow')
  const signatures = wallet.asked.filter((method) => method === 'eth_signTypedData_v4')
  expect(signatures).toHaveLength(1)
  const asked = wallet.asked.length

  const status = node.getByRole('status', { name: 'Node status' })
  await status.filter({ hasText: 'Ready and registered' }).waitFor({ timeout: 60_000 })
  // A reload asks the wallet for nothing either.
  await page.goto(siteUrl)
  await page.getByLabel('Pay at most').fill('1')
  const screen = playground(page)
  let spentWei = 0n
  for (const prompt of ['What is Weft?', 'What is 27 + 15?']) {
    await screen.ask(prompt)
    const { tokens, where } = await screen.ended()
    expect(where).toBe('network')
    const costWei = BigInt((await screen.summary.getAttribute('data-cost-wei')) ?? -1)
    expect(costWei).toBe(BigInt(tokens) * weiPerToken)
    spentWei += costWei
  }
  expect(spentWei).toBeGreaterThan(0n)
  expect(wallet.asked).toHaveLength(asked)
})
