/**
 * People with wallets: who serves for a price, who pays, and what each of them sees of it.
 * @module
 */
import { expect, type Page } from '@playwright/test'
import { parseEther } from 'viem'
import { type BillLine, readBill } from './bills.ts'
import { startServing } from './contributor.ts'
import type { Profile } from './fixtures.ts'
import { type InjectedWallet, injectWallet } from './injected-wallet.ts'
import type { Ledger } from './ledger.ts'
import { playground } from './playground.ts'
import { connectAgain, connectWallet, deposit } from './wallet-page.ts'

export type Price = { input: string; output: string }

export type Contributor = {
  profile: Profile
  page: Page
  wallet: InjectedWallet
  price: Price
  /** Of its tab, as bills name it. */
  peer: string
}

export type Payer = {
  page: Page
  wallet: InjectedWallet
  answers: number
  /** All that was billed, in the order of the answers. */
  bills: BillLine[]
}

export function goTo(page: Page, screen: 'Playground' | 'Contribute' | 'Wallet'): Promise<void> {
  return page
    .getByRole('navigation', { name: 'Screens' })
    .getByRole('link', { name: screen })
    .click()
}

/** Serves, and lets its wallet claim what it earns. */
export async function openContributor(
  profile: Profile,
  siteUrl: string,
  price: Price,
): Promise<Contributor> {
  const page = await profile.open()
  const wallet = await injectWallet(page)
  await startServing(page, siteUrl, { backend: 'wasm', price })
  const peer = await ownPeer(page)
  await page.getByRole('link', { name: 'Connect a wallet' }).click()
  await connectWallet(page)
  await goTo(page, 'Contribute')
  await page.getByRole('button', { name: 'Let this wallet claim' }).click()
  await expect(page.getByRole('button', { name: 'Claim 0.00 WEFT' })).toBeDisabled()
  return { profile, page, wallet, price, peer }
}

/** After its browser was killed. Its last choices may not be on the disk: they are made again. */
export async function comeBack(contributor: Contributor, siteUrl: string): Promise<void> {
  const { profile, wallet, price, peer } = contributor
  const page = await profile.open()
  contributor.page = page
  await wallet.injectInto(page)
  await startServing(page, siteUrl, { backend: 'wasm', price })
  expect(await ownPeer(page)).toBe(peer)
  await goTo(page, 'Wallet')
  await connectAgain(page)
  await goTo(page, 'Contribute')
}

async function ownPeer(page: Page): Promise<string> {
  const peerId = await page.getByTestId('own-peer-id').innerText()
  return `${peerId.slice(0, 6)}…${peerId.slice(-6)}`
}

/** Deposits, and asks tabs up to a price. */
export async function openPayer(
  page: Page,
  siteUrl: string,
  { upTo, payAtMost }: { upTo: number; payAtMost: string },
): Promise<Payer> {
  const wallet = await injectWallet(page)
  await page.goto(`${siteUrl}/wallet`)
  await connectWallet(page)
  await deposit(page, upTo)
  await goTo(page, 'Playground')
  await page.getByLabel('Pay at most').fill(payAtMost)
  return { page, wallet, answers: 0, bills: [] }
}

/** Asks in a new chat, or goes on in the one that is shown. */
export async function ask(payer: Payer, prompt: string, { goesOn = false } = {}) {
  const { page, bills } = payer
  const screen = playground(page)
  if (!goesOn)
    await page.getByRole('button', { name: 'New chat' }).filter({ visible: true }).click()
  await screen.ask(prompt)
  const ended = await screen.ended()
  expect(ended.where).toBe('network')
  const lines = await readBill(page)
  payer.answers += 1
  bills.push(...lines)
  const shownWei = BigInt((await screen.summary.getAttribute('data-cost-wei')) ?? -1)
  expect(shownWei).toBe(totalWei(lines))
  expect(lines.reduce((tokens, { outputTokens }) => tokens + outputTokens, 0)).toBe(ended.tokens)
  return ended
}

/** What one contributor is owed by these bills: each is its tokens at its price, rounded down once. */
export function owedWei(bills: readonly BillLine[], { peer, price }: Contributor): bigint {
  const [input, output] = [parseEther(price.input), parseEther(price.output)]
  const own = bills.filter((line) => line.peer === peer)
  for (const { inputTokens, outputTokens, wei } of own) {
    expect(wei).toBe((input * BigInt(inputTokens) + output * BigInt(outputTokens)) / 1_000_000n)
  }
  return totalWei(own)
}

export function totalWei(bills: readonly BillLine[]): bigint {
  return bills.reduce((sum, { wei }) => sum + wei, 0n)
}

/** An amount with all its digits, as its title has it. */
export async function figure(page: Page, name: string): Promise<bigint> {
  const shown = page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd')
  return parseEther(((await shown.getAttribute('title')) ?? '').replace(' WEFT', ''))
}

/** All that was promised in one transaction, and what is left of it behind the pools' share in another. */
export async function redeemAndClaim(
  { page, wallet }: Contributor,
  { wei, toPoolsWei }: { wei: bigint; toPoolsWei: bigint },
): Promise<void> {
  const asked = wallet.asked.length
  const figures = async () => {
    const names = ['Earned', 'Redeemable', 'Redeemed', 'To claim']
    return Promise.all(names.map((name) => figure(page, name)))
  }
  expect(await figures()).toEqual([wei, wei, 0n, 0n])
  await page.getByRole('button', { name: /^Redeem / }).click()
  await expect.poll(figures).toEqual([wei, 0n, wei, wei - toPoolsWei])
  await page.getByRole('button', { name: /^Claim / }).click()
  await expect.poll(figures).toEqual([wei, 0n, wei, 0n])
  expect(wallet.asked.slice(asked)).toEqual(['eth_sendTransaction', 'eth_sendTransaction'])
}

const stakeWei = parseEther('5')

/** Puts something up, and asks for it back. */
export async function stake({ page, wallet }: Contributor, ledger: Ledger): Promise<void> {
  const operator = await ledger.operatorOf(wallet.address)
  const panel = page.getByRole('region', { name: 'Stake' })
  await panel.getByLabel('Amount').fill('5')
  await panel.getByRole('button', { name: 'Stake', exact: true }).click()
  await expect(panel).toContainText('5.00 WEFT is at stake for this tab.')
  expect(await ledger.stakeOf(operator)).toEqual({ stakeWei, unbondingWei: 0n })
  await panel.getByLabel('Amount').fill('5')
  await panel.getByRole('button', { name: 'Unstake' }).click()
  await expect(panel).toContainText('5.00 WEFT was asked back. It can be taken back from')
  await expect(panel.getByRole('button', { name: 'Take it back' })).toBeDisabled()
  expect(await ledger.stakeOf(operator)).toEqual({ stakeWei: 0n, unbondingWei: stakeWei })
}

/** When its time has come. */
export async function unstake({ page, wallet }: Contributor, ledger: Ledger): Promise<void> {
  const withoutWei = await ledger.tokensOf(wallet.address)
  await goTo(page, 'Wallet')
  await goTo(page, 'Contribute')
  const panel = page.getByRole('region', { name: 'Stake' })
  await panel.getByRole('button', { name: 'Take it back' }).click()
  await expect(panel).toContainText('Nothing is at stake for this tab.')
  await expect(panel.getByRole('button', { name: 'Take it back' })).toHaveCount(0)
  expect(await ledger.tokensOf(wallet.address)).toBe(withoutWei + stakeWei)
}
