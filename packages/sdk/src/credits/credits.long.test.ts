import { readFile } from 'node:fs/promises'
import { creditsAbi } from '@weft/contracts'
import {
  createCreditsReader,
  createCreditsWallet,
  privateChannelOf,
  relayChange,
  relayTicket,
  signChange,
} from '@weft/payments/chain'
import {
  type CreditsRef,
  encodeRelayed,
  type Purchase,
  parseRelayed,
  proveTicket,
  withdrawn,
} from '@weft/payments/credits'
import { type DevelopmentChain, startDevelopmentChain } from '@weft/payments/testing'
import type { Hex } from '@weft/protocol'
import { keepArtifacts, proveHere } from '@weft/verification/proofs'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTabCredits } from './tab-credits.ts'

// Several proofs each, of seconds where other tests run beside them.
vi.setConfig({ testTimeout: 90_000 })

const parseWeft = (tokens: number) => BigInt(tokens) * 10n ** 18n
const keyOf = (byte: string) => `0x${byte.repeat(20)}` as Hex

let chain: DevelopmentChain
let buyer: Awaited<ReturnType<DevelopmentChain['createWallet']>>
let relay: Awaited<ReturnType<DevelopmentChain['createWallet']>>

const artifacts = keepArtifacts(
  async (path) =>
    new Uint8Array(await readFile(new URL(`../../../../public/${path}`, import.meta.url))),
)
const prove = (input: Parameters<Parameters<typeof proveTicket>[1]>[0]) =>
  proveHere({ circuit: 'credit', input, isParallel: false, open: artifacts })

function createStore() {
  const records = new Map<Hex, Purchase>()
  return {
    list: async () => [...records.values()],
    put: async (purchase: Purchase) => void records.set(purchase.id, purchase),
    change: async (id: Hex, change: (purchase: Purchase) => Purchase) => {
      const before = records.get(id)
      if (before) records.set(id, change(before))
      return records.get(id)
    },
  }
}

const init = () => ({ reader: chain.reader, chainId: chain.chainId, deployment: chain.deployment })
const at = (): CreditsRef => ({
  chainId: chain.chainId,
  contract: chain.deployment.credits.toLowerCase() as Hex,
  denomination: 1,
})
const openCredits = () =>
  createTabCredits({
    store: createStore(),
    prover: async () => ({ prove: (_circuit, input) => prove(input) }),
  })

async function buy(count: number) {
  const credits = openCredits()
  const { id, identity } = await credits.prepare(at(), count)
  await createCreditsWallet(buyer.clients).buy({ denomination: 1, identity, count })
  return { credits, id, identity, reader: createCreditsReader(init()) }
}

async function nowMs(): Promise<number> {
  return Number((await chain.reader.getBlock()).timestamp) * 1000
}

beforeAll(async () => {
  chain = await startDevelopmentChain()
  buyer = await chain.createWallet({ tokens: parseWeft(1_000) })
  relay = await chain.createWallet({ tokens: 0n })
}, 60_000)
afterAll(() => chain.stop())

test('a ticket opens a key that nothing ties to the buyer, at most for 420,000 gas', async () => {
  const { credits, id, reader } = await buy(2)
  const key = keyOf('a1')
  const spend = await credits.spend({ id, key, reader, nowMs: await nowMs() })
  const { outcome, transaction } = await relayTicket(relay.clients, spend)
  expect(outcome).toBe('opened')
  const [{ gasUsed, logs }, { input }] = await Promise.all([
    chain.reader.getTransactionReceipt({ hash: transaction }),
    chain.reader.getTransaction({ hash: transaction }),
  ])
  expect(Number(gasUsed)).toBeLessThanOrEqual(420_000)
  const bare = buyer.address.slice(2).toLowerCase()
  expect(JSON.stringify([input, logs], (_, each) => `${each}`).toLowerCase()).not.toContain(bare)
  const channelId = privateChannelOf(chain.deployment.credits)
  const collateral = await chain.channels.readCollateral({ channelId, signer: key })
  const [, ten] = await reader.denominations()
  expect(collateral.capWei).toBe(ten?.capWei)
  expect(ten).toMatchObject({ valueWei: parseWeft(10), bondWei: parseWeft(1), members: 1 })
  expect((await chain.channels.readAccount(relay.address)).walletWei).toBe(ten?.feeWei)
})

test('a proof that was changed, for another chain, key or used is refused by name', async () => {
  const { credits, id, reader } = await buy(2)
  const key = keyOf('b1')
  const spend = await credits.spend({ id, key, reader, nowMs: await nowMs() })
  const { ticket } = spend
  const wallet = createCreditsWallet(relay.clients)
  const { proof } = ticket
  const tampered = { ...proof, c: proof.a }
  const refusals = [
    [{ ...spend, ticket: { ...ticket, proof: tampered } }, 'InvalidProof'],
    [{ ...spend, ticket: { ...ticket, y: ticket.y + 1n } }, 'InvalidProof'],
    [{ ...spend, key: keyOf('b2') }, 'NotForThisKey'],
    [{ ...spend, denomination: 0 }, 'UnknownRoot'],
    [{ ...spend, ticket: { ...ticket, domain: ticket.domain + 1n } }, 'ForeignTicket'],
  ] as const
  for (const [wrong, name] of refusals) {
    await expect(wallet.spend(wrong)).rejects.toMatchObject({
      code: 'payments/refused',
      facts: expect.arrayContaining([expect.stringContaining(name)]),
    })
  }
  const [purchase] = credits.purchases.get() ?? []
  const foreign = await proveTicket(
    {
      secret: BigInt(purchase?.secret ?? 0),
      index: 0,
      at: { ...at(), chainId: 1 },
      members: await reader.members(1),
      key,
      aliveAt: ticket.aliveAt,
    },
    prove,
  )
  await expect(wallet.spend({ ...spend, ticket: foreign })).rejects.toMatchObject({
    facts: expect.arrayContaining([expect.stringContaining('ForeignTicket')]),
  })
  await relayTicket(relay.clients, spend)
  await expect(wallet.spend(spend)).rejects.toMatchObject({
    facts: expect.arrayContaining([expect.stringContaining('TicketUsed')]),
  })
  await expect(relayTicket(relay.clients, spend)).rejects.toMatchObject({
    code: 'payments/ticket-used',
  })
})

test('who uses a ticket for a second key is slashed by whoever sees it', async () => {
  const { credits, id, identity, reader } = await buy(2)
  const spend = await credits.spend({ id, key: keyOf('c1'), reader, nowMs: await nowMs() })
  await relayTicket(relay.clients, spend)
  const [purchase] = credits.purchases.get() ?? []
  const again = await proveTicket(
    {
      secret: BigInt(purchase?.secret ?? 0),
      index: 0,
      at: at(),
      members: await reader.members(1),
      key: keyOf('c2'),
      aliveAt: spend.ticket.aliveAt,
    },
    prove,
  )
  const before = await chain.channels.readAccount(relay.address)
  const { outcome } = await relayTicket(relay.clients, {
    ...spend,
    ticket: again,
    key: keyOf('c2'),
  })
  expect(outcome).toBe('slashed')
  const after = await chain.channels.readAccount(relay.address)
  expect(after.walletWei - before.walletWei).toBe(parseWeft(2) / 2n)
  expect(await reader.member(1, identity)).toMatchObject({ isBondTaken: true })
  // The other ticket is used too: no proof passes that shows a bond which is gone.
  await credits.restore(await credits.backup(id), reader)
  expect(credits.purchases.get()?.[0]?.keys).toEqual([keyOf('c1'), keyOf('00')])
})

test('unused tickets come back to the wallet, whatever failed on the way; the bond when its time is over', async () => {
  const { credits, id, identity, reader } = await buy(3)
  await relayTicket(
    relay.clients,
    await credits.spend({ id, key: keyOf('d1'), reader, nowMs: await nowMs() }),
  )
  const wallet = createCreditsWallet(relay.clients)
  const send = (ticket: Parameters<typeof wallet.withdraw>[0]) => wallet.withdraw(ticket)
  const before = await chain.channels.readAccount(buyer.address)
  const declined = credits.withdraw({
    ...{ id, reader },
    send: () => Promise.reject(new Error('declined')),
  })
  await expect(declined).rejects.toThrow('declined')
  // A tab that was closed before it knew that the ticket was back.
  const lost = credits.withdraw({
    ...{ id, reader },
    send: (ticket) => send(ticket).then(() => Promise.reject(new Error('closed'))),
  })
  await expect(lost).rejects.toThrow('closed')
  await credits.withdraw({ id, reader, send: () => Promise.reject(new Error('not again')) })
  await credits.withdraw({ id, reader, send })
  await expect(credits.withdraw({ id, reader, send })).rejects.toMatchObject({
    code: 'payments/no-ticket',
  })
  const after = await chain.channels.readAccount(buyer.address)
  expect(after.walletWei - before.walletWei).toBe(2n * parseWeft(10))
  expect(credits.purchases.get()?.[0]?.keys).toEqual([keyOf('d1'), withdrawn, withdrawn])

  const elsewhere = openCredits()
  await elsewhere.restore(await credits.backup(id), reader)
  expect(elsewhere.purchases.get()).toEqual(credits.purchases.get())
  const { expiry } = (await reader.member(1, identity)) ?? { expiry: 0n }
  await expect(wallet.returnBond(1, identity)).rejects.toMatchObject({
    facts: expect.arrayContaining([expect.stringContaining('NotYet')]),
  })
  const snapshot = await chain.control.snapshot()
  await chain.control.setNextBlockTimestamp({ timestamp: expiry + 1n })
  await wallet.returnBond(1, identity)
  const later = await chain.channels.readAccount(buyer.address)
  expect(later.walletWei - after.walletWei).toBe(3n * parseWeft(1))
  await chain.control.revert({ id: snapshot })
})

test('a purchase has no more tickets than were bought, and each has one key', async () => {
  const { credits, id, reader } = await buy(1)
  const now = await nowMs()
  const one = await credits.spend({ id, key: keyOf('e1'), reader, nowMs: now })
  const same = await credits.spend({ id, key: keyOf('e1'), reader, nowMs: now })
  expect([same.ticket.nullifier, same.ticket.y]).toEqual([one.ticket.nullifier, one.ticket.y])
  await expect(credits.spend({ id, key: keyOf('e2'), reader, nowMs: now })).rejects.toMatchObject({
    code: 'payments/no-ticket',
  })
  const size = await chain.reader.readContract({
    address: chain.deployment.credits,
    abi: creditsAbi,
    functionName: 'memberCount',
    args: [1n],
  })
  expect(size).toBe(BigInt((await reader.members(1)).length))
})

test('what a key has left buys tickets of a fresh secret, which can be spent and do not come back', async () => {
  const { credits, id, reader } = await buy(1)
  const account = privateKeyToAccount(generatePrivateKey())
  const key = account.address.toLowerCase() as Hex
  await relayTicket(relay.clients, await credits.spend({ id, key, reader, nowMs: await nowMs() }))
  const channelId = privateChannelOf(chain.deployment.credits)
  const { availableAt } = await chain.channels.readCollateral({ channelId, signer: key })
  const smaller = { ...at(), denomination: 0 }
  const { id: fresh, identity } = await credits.prepare(smaller, 8)
  const signed = await signChange(account, { ...smaller, identity, count: 8 })
  const relayed = parseRelayed(encodeRelayed(signed))
  expect(relayed).toEqual(signed)
  const early = relayChange(relay.clients, signed)
  await expect(early).rejects.toMatchObject({
    facts: expect.arrayContaining([expect.stringContaining('StillLocked')]),
  })
  const snapshot = await chain.control.snapshot()
  await chain.control.setNextBlockTimestamp({ timestamp: BigInt(availableAt) })
  const more = { ...signed, change: { ...signed.change, count: 9 } }
  await expect(relayChange(relay.clients, more)).rejects.toMatchObject({
    code: 'payments/refused',
  })
  await relayChange(relay.clients, signed)
  expect(await reader.member(0, identity)).toMatchObject({ count: 8n, isChange: true })
  // 9.9 of the ticket's 10, less 8 times value, bond and fee.
  const { valueWei = 0n, bondWei = 0n } = (await reader.denominations())[0] ?? {}
  expect(valueWei + bondWei).toBe(parseWeft(11) / 10n)
  expect(await reader.remainder(key)).toBe(parseWeft(99) / 10n - parseWeft(888) / 100n)
  const again = await credits.spend({
    ...{ id: fresh, key: keyOf('f2'), reader },
    nowMs: await nowMs(),
  })
  expect((await relayTicket(relay.clients, again)).outcome).toBe('opened')
  await chain.control.revert({ id: snapshot })
})
