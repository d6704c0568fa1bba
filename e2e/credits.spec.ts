/**
 * One wallet buys tickets, and three keys that nothing ties to it spend them on two tabs; a ticket that is used again
 * costs the bond. Then the wallet pays again. What the chain and the other tabs get to see is looked through for the buyer's address.
 * @module
 */
import type { Page } from '@playwright/test'
import { createPublicClient, encodeAbiParameters, type Hex, http, keccak256, parseAbi } from 'viem'
import { nodeStatus } from './contributor.ts'
import { expect, test } from './fixtures.ts'
import { injectWallet } from './injected-wallet.ts'
import { openLedger } from './ledger.ts'
import { ask, figure, goTo, openContributor, owedWei, type Payer } from './paying-people.ts'
import { refusalOf } from './refusals.ts'
import { connectAgain, connectWallet, deposit } from './wallet-page.ts'
import { readTap, tapWire } from './wire-tap.ts'

const creditsAbi = parseAbi([
  'event Joined(uint256 indexed denomination, uint256 indexed identity, address indexed owner, uint256 count, uint256 expiry)',
  'event Spent(uint256 indexed denomination, uint256 indexed nullifier, address indexed key, uint256 x, uint256 y)',
  'event Slashed(uint256 indexed denomination, uint256 indexed identity, uint256 secret, address to)',
])
const price = { input: '0.1', output: '0.2' }

test('a wallet buys tickets, three keys spend them on two tabs, nothing tells whose they are, and a second use is slashed', async ({
  newBrowserPage,
  newProfile,
  siteUrl,
}) => {
  test.setTimeout(240_000)
  const { step } = test
  const ledger = await openLedger(siteUrl)
  const beginning = await ledger.snapshot()
  const [network] = (await (await fetch(`${siteUrl}/weft.json`)).json()).networks
  const credits: Hex = network.contracts.credits
  const reader = createPublicClient({ transport: http(`${siteUrl}/chain`) })
  const events = <Name extends 'Joined' | 'Spent' | 'Slashed'>(eventName: Name) =>
    reader.getContractEvents({ address: credits, abi: creditsAbi, eventName, fromBlock: 0n })

  const nodes = await step('two tabs serve for a price, registered', () =>
    Promise.all([0, 1].map(async () => openContributor(await newProfile(), siteUrl, price))),
  )
  const page = await newBrowserPage()
  const wallet = await injectWallet(page)
  const buyer = wallet.address.slice(2).toLowerCase()
  const channel = keccak256(
    encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [credits, 0n]),
  )
  await tapWire(page, [buyer, channel.slice(2)])

  await step('a wallet buys three tickets', async () => {
    await page.goto(`${siteUrl}/wallet`)
    await connectWallet(page)
    await expect(page.getByTestId('credit-set')).toContainText('Nobody has bought these yet')
    await page.getByLabel('How many').fill('3')
    await page.getByRole('button', { name: 'Buy for 3.30 WEFT' }).click()
    await expect(page.getByTestId('tickets-left')).toContainText('3 of 3 tickets of 1.00 WEFT left')
    await goTo(page, 'Playground')
  })

  const person: Payer = { page, wallet, answers: 0, bills: [] }
  const asked = wallet.asked.length
  const peers = new Set<string>()
  for (const [index, sum] of ['1 + 2', '3 + 4', '5 + 6'].entries()) {
    await step(`ticket ${index + 1} pays as another peer`, async () => {
      if (index > 0) await goTo(page, 'Wallet')
      const opened = page.waitForEvent('load')
      const refused = index === 0 ? refuseAltered(page, siteUrl) : null
      if (index === 0) await page.getByRole('switch', { name: 'Pay privately' }).click()
      else await page.getByRole('button', { name: 'Pay privately with one' }).click()
      await opened
      await refused
      if (index > 0) await goTo(page, 'Playground')
      await expect(page.getByTestId('paid-privately')).toBeVisible()
      await page.getByLabel('Pay at most').fill('1')
      if (index === 1) {
        const [answered, other] = nodes.toSorted((a) => (a.peer === person.bills[0]?.peer ? -1 : 1))
        await answered?.page.getByRole('button', { name: 'Pause for an hour' }).click()
        if (answered) await expect(nodeStatus(answered.page)).toContainText('Paused by you.')
        expect(other).toBeDefined()
      }
      await ask(person, `What is ${sum}?`)
      const { bytes, found } = await readTap(page)
      expect(bytes).toBeGreaterThan(1_000)
      // The channel of all tickets was sent, so that what was sent is what was looked through.
      expect(found).toEqual([channel.slice(2)])
    })
  }
  for (const { peer } of person.bills) peers.add(peer)
  expect(peers.size).toBe(2)
  expect(wallet.asked.length).toBe(asked)
  for (const node of nodes) {
    const wei = owedWei(person.bills, node)
    await expect.poll(() => figure(node.page, 'Earned')).toBe(wei)
  }

  await step('nothing on the chain says who the three keys are', async () => {
    const spent = await events('Spent')
    expect(new Set(spent.map(({ args }) => args.key)).size).toBe(3)
    for (const { transactionHash: hash } of spent) {
      const [sent, receipt] = await Promise.all([
        reader.getTransaction({ hash }),
        reader.getTransactionReceipt({ hash }),
      ])
      const text = JSON.stringify([sent.input, sent.from, sent.to, receipt.logs], (_, each) =>
        typeof each === 'bigint' ? `${each}` : each,
      ).toLowerCase()
      expect(text).toContain(credits.slice(2).toLowerCase())
      expect(text).not.toContain(buyer)
      // The same once more, by whomever.
      expect(await refusalOf(siteUrl, { to: credits, data: sent.input })).toBe('TicketUsed')
    }
    const [joined] = await events('Joined')
    expect(joined?.args.owner?.toLowerCase()).toContain(buyer)
  })

  await step('a used ticket, used again, costs the bond', async () => {
    await page.evaluate(async () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const opening = indexedDB.open('weft')
      opening.onsuccess = () => {
        const transaction = opening.result.transaction('credits', 'readwrite')
        const store = transaction.objectStore('credits')
        const all = store.getAll()
        all.onsuccess = () => {
          for (const purchase of all.result) store.put({ ...purchase, keys: [] })
        }
        transaction.oncomplete = () => {
          opening.result.close()
          resolve()
        }
        transaction.onerror = () => reject(transaction.error)
      }
      await promise
    })
    await goTo(page, 'Wallet')
    await expect(page.getByTestId('tickets-left')).toContainText('3 of 3')
    await page.getByRole('button', { name: 'Pay privately with one' }).click()
    await expect(page.getByText('used before for another key')).toBeVisible()
    await expect(page.getByText('Buy new tickets.')).toBeVisible()
    const [joined] = await events('Joined')
    const [slashed] = await events('Slashed')
    expect(slashed?.args.identity).toBe(joined?.args.identity)
  })

  await step(
    'the wallet pays again; what a ticket would leave behind is said, and ended from another tab',
    async () => {
      await page.getByRole('button', { name: 'Pay from the wallet again' }).click()
      const opened = page.waitForEvent('load')
      await page.getByRole('button', { name: 'Give up the ticket' }).click()
      await opened
      await connectAgain(page)
      await deposit(page, 2)
      await page.getByRole('button', { name: 'Buy for 5.50 WEFT' }).click()
      await expect(page.getByTestId('limit-left')).toContainText('2.00 WEFT of your wallet’s limit')
      const other = await page.context().newPage()
      await wallet.injectInto(other)
      await other.goto(`${siteUrl}/wallet`)
      await connectAgain(other)
      await other.getByRole('button', { name: 'Stop its spending' }).click()
      await expect(other.getByText('2.20 WEFT at most of a limit that has ended.')).toBeVisible()
    },
  )
  await ledger.revert(beginning)
})

type Relayed = { key: string; ticket: { domain: string; x: string; y: string } }

/** The next ticket waits on its way until whoever submits it has refused what was made of it, each by its name. */
async function refuseAltered(page: Page, siteUrl: string): Promise<void> {
  const path = `${siteUrl}/credits`
  const done = Promise.withResolvers<void>()
  const submit = async (relayed: Relayed): Promise<string> => {
    const headers = { 'Content-Type': 'application/json' }
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(relayed) })
    return `${response.status} ${await response.text()}`
  }
  const next = (number: string) => `${BigInt(number) + 1n}`
  await page.route(path, async (route) => {
    try {
      const relayed: Relayed = route.request().postDataJSON()
      const { ticket } = relayed
      const altered = (change: Partial<Relayed['ticket']>) =>
        submit({ ...relayed, ticket: { ...ticket, ...change } })
      expect(await altered({ y: next(ticket.y) })).toContain('InvalidProof')
      expect(await altered({ domain: next(ticket.domain) })).toContain('ForeignTicket')
      const key = `0x${'5e'.repeat(20)}`
      expect(await submit({ ...relayed, key })).toContain('NotForThisKey')
      const response = await route.fetch()
      expect(response.ok()).toBe(true)
      expect(await submit(relayed)).toContain('payments/ticket-used')
      await route.fulfill({ response })
      done.resolve()
    } catch (error) {
      await route.abort()
      done.reject(error)
    }
  })
  await done.promise
  await page.unroute(path)
}
