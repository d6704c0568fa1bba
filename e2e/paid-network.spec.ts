/**
 * Strangers pay strangers: two payers, two contributors, each with a wallet of its own, and a chain. What is on the
 * chain in the end is what was delivered, to the wei, and no wallet was asked about an answer.
 * @module
 */
import { parseEther } from 'viem'
import { crash, findAnswering, nodeStatus, slowDown } from './contributor.ts'
import { expect, test } from './fixtures.ts'
import { openLedger } from './ledger.ts'
import {
  ask,
  comeBack,
  figure,
  goTo,
  openContributor,
  openPayer,
  owedWei,
  redeemAndClaim,
  stake,
  totalWei,
  unstake,
} from './paying-people.ts'
import { onToken, playground, stopAtToken } from './playground.ts'
import { changeKey, deposit, listedWei, stopSpending, takeBack } from './wallet-page.ts'

/** Odd, so that every cost is rounded. The dear tab is asked only where the cheap one is missing. */
const cheap = { input: '0.100000000000000007', output: '0.200000000000000003' }
const dear = { input: '0.7', output: '2.900000000000000001' }

/** What the faucet gives. */
const filledWei = parseEther('100')
const poolsBps = 800n
const monthS = 30 * 86_400
const story = 'Tell me a story about a fox and a lantern.'

test('twenty paid answers by two tabs, one killed in the middle: every balance is what was delivered, to the wei', async ({
  newBrowserPage,
  newProfile,
  siteUrl,
}) => {
  test.setTimeout(240_000)
  const { step } = test
  const ledger = await openLedger(siteUrl)
  const beginning = await ledger.snapshot()
  const heldBeforeWei = await ledger.tokensOf(ledger.contracts.channels)
  const pooledBeforeWei = await ledger.pooledWei()

  const [near, far] = await step('two contributors serve, each at its price', () =>
    Promise.all(
      [cheap, dear].map(async (price) => openContributor(await newProfile(), siteUrl, price)),
    ),
  )
  if (!near || !far) throw new Error('Two were opened.')
  const limits = { upTo: 2, payAtMost: '3' }
  const [ada, ben] = await step('two payers deposit, by one signature each', () =>
    Promise.all([
      newBrowserPage().then((page) => openPayer(page, siteUrl, limits)),
      newBrowserPage().then((page) => openPayer(page, siteUrl, limits)),
    ]),
  )
  const asked = () => [ada, ben].map(({ wallet }) => wallet.asked.length)
  const askedBefore = asked()

  await step('eight answers, one of them stopped, with a reload', () =>
    Promise.all([
      (async () => {
        await ask(ada, 'What is Weft?')
        await ask(ada, 'What is 27 + 15?', { goesOn: true })
        await ada.page.reload()
        await playground(ada.page).summary.waitFor()
        await ask(ada, 'What is 3 + 4?', { goesOn: true })
        await ask(ada, 'What is 14 + 15?')
      })(),
      (async () => {
        await stopAtToken(ben.page, 3)
        const { finish } = await ask(ben, story)
        expect(finish).toBe('cancelled')
        for (const sum of ['1 + 2', '20 + 22', '8 + 9']) await ask(ben, `What is ${sum}?`)
      })(),
    ]),
  )
  await step(
    'a paid answer is checked by the other contributor: its receipt has the bill and the check',
    async () => {
      const screen = playground(ada.page)
      await screen.choose('always')
      await ask(ada, 'What is 5 + 6?')
      await expect(screen.summary).toHaveAttribute('data-check', 'passed', { timeout: 30_000 })
      await screen.answers.getByRole('button', { name: 'Receipt' }).last().click()
      const receipt = ada.page.getByRole('dialog')
      await expect(receipt.getByRole('region', { name: 'Check' })).toContainText(
        'as honest devices do',
      )
      const bill = receipt.locator('section').filter({ hasText: 'Bill' })
      await expect(bill.first()).toContainText(/tokens? out, at .* WEFT/)
      await ada.page.keyboard.press('Escape')
      await screen.choose('sampled')
    },
  )
  expect(asked()).toEqual(askedBefore)

  const ofBenBefore = [...ben.bills]
  await step('one spends by a new key, and allows it a limit', async () => {
    await goTo(ben.page, 'Wallet')
    await changeKey(ben.page)
    await deposit(ben.page, 1)
    await goTo(ben.page, 'Playground')
    const again = ben.wallet.asked.slice(askedBefore[1])
    expect(again).toEqual(['eth_sendTransaction', 'eth_signTypedData_v4', 'eth_sendTransaction'])
    await ask(ben, 'What is 30 + 31?')
  })
  const askedSince = asked()

  let lost = near
  await step('the browser that answers is killed, the other one goes on', async () => {
    for (const { page } of [near, far]) await slowDown(page, 15)
    const killed = onToken(ada.page, 5, async () => {
      if ((await findAnswering([near.page, far.page])) === far.page) lost = far
      await crash(lost.page, 'Browser.crash')
    })
    const { finish, peers } = await ask(ada, story)
    await killed
    expect({ finish, peers }).toEqual({ finish: 'stop', peers: 2 })
    await ask(ada, 'What is 40 + 2?')
    for (const sum of ['6 + 7', '12 + 13', '9 + 9']) await ask(ben, `What is ${sum}?`)
  })

  await step('it comes back, and is paid what it was owed with its next job', async () => {
    await comeBack(lost, siteUrl)
    const other = lost === near ? far : near
    await other.page.getByRole('button', { name: 'Pause for an hour' }).click()
    await expect(nodeStatus(other.page)).toContainText('Paused by you.')
    await ask(ada, 'What is 2 + 2?')
    await expect
      .poll(() => figure(lost.page, 'Earned'))
      .toBe(owedWei([...ada.bills, ...ben.bills], lost))
    for (const sum of ['3 + 3', '4 + 4']) await ask(ada, `What is ${sum}?`)
    for (const sum of ['5 + 5', '6 + 6']) await ask(ben, `What is ${sum}?`)
  })
  expect(asked()).toEqual(askedSince)
  expect(ada.answers + ben.answers).toBe(20)

  const [ofAda, ofBen] = await Promise.all(
    [ada, ben].map((each) => ledger.keysOf(each.wallet.address)),
  )
  const bills = [ada.bills, ofBenBefore, ben.bills.slice(ofBenBefore.length)]
  const keys = [...(ofAda ?? []), ...(ofBen ?? [])].map((key, index) => ({
    ...key,
    bills: bills[index] ?? [],
  }))
  expect(keys).toHaveLength(3)
  const all = [...ada.bills, ...ben.bills]
  let pooledWei = 0n
  await step('both redeem in a batch, and claim', async () => {
    for (const node of [near, far]) {
      const wei = owedWei(all, node)
      await expect.poll(() => figure(node.page, 'Earned')).toBe(wei)
      const toPoolsWei = (wei * poolsBps) / 10_000n
      await redeemAndClaim(node, { wei, toPoolsWei })
      pooledWei += toPoolsWei
      expect(await ledger.tokensOf(node.wallet.address)).toBe(filledWei + wei - toPoolsWei)

      const payee = await ledger.operatorOf(node.wallet.address)
      const [batch, ...more] = await ledger.redemptionsOf(payee)
      expect(more).toEqual([])
      if (!batch) throw new Error('Nothing was redeemed.')
      expect(batch).toMatchObject({ toPayee: wei - toPoolsWei, royalty: 0n, toPools: toPoolsWei })
      const lanes = keys.map((key) => owedWei(key.bills, node)).filter((owed) => owed > 0n)
      expect(lanes.length).toBeGreaterThan(1)
      expect(batch.payments).toHaveLength(lanes.length)
      for (const { bills, ...key } of keys) {
        const paid = await ledger.paidWei(key, { payee, model: batch.model })
        expect(paid).toBe(owedWei(bills, node))
      }
    }
    for (const { bills, ...key } of keys) {
      expect((await ledger.collateral(key)).committedWei).toBe(totalWei(bills))
    }
  })

  await step('what is left comes back, each in its time', async () => {
    await stake(far, ledger)
    await goTo(ada.page, 'Wallet')
    await stopSpending(ada.page)
    await expect(ada.page.getByRole('button', { name: 'Take it back' })).toBeDisabled()
    await ledger.pass(monthS)
    for (const { page } of [ada, ben, far])
      await page.clock.setSystemTime(Date.now() + monthS * 1000)
    for (const [{ page, wallet, bills }, limits] of [
      [ada, 1],
      [ben, 2],
    ] as const) {
      await goTo(page, 'Playground')
      await goTo(page, 'Wallet')
      expect(await listedWei(page)).toBe(totalWei(bills))
      await takeBack(page, limits)
      expect(await ledger.tokensOf(wallet.address)).toBe(filledWei - totalWei(bills))
    }
    await unstake(far, ledger)
  })

  const { channels } = ledger.contracts
  expect((await ledger.tokensOf(channels)) - heldBeforeWei).toBe(pooledWei)
  expect((await ledger.pooledWei()) - pooledBeforeWei).toBe(pooledWei)
  await ledger.revert(beginning)
})
