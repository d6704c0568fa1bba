/**
 * Where the storm takes place, as its worker processes are told; and the court as one of its peers has it.
 * @module
 */
import type { Network } from '@weft/network'
import { accountOfKey, createVerdictsReader, createVerdictsWallet } from '@weft/payments/chain'
import { MemoryLedgers } from '@weft/payments/testing'
import { type Manifest, type PrivateKey, parse } from '@weft/protocol'
import {
  type CourtRecord,
  type CourtView,
  createTabCourt,
  type NodeMemory,
  type OpenCourt,
} from '@weft/sdk/testing'
import { createPublicClient, createWalletClient, http } from 'viem'
import { foundry } from 'viem/chains'
import { z } from 'zod'

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text as `0x${string}`)

const courtPlaceSchema = z.strictObject({
  url: z.string(),
  // Of a deployment, what the court is made of.
  deployment: z.object({
    token: address,
    registry: address,
    models: address,
    channels: address,
    verdicts: address,
    fromBlock: z.coerce.bigint(),
  }),
})
export type CourtPlace = z.infer<typeof courtPlaceSchema>

const stormPlaceSchema = z.strictObject({
  relays: z.array(z.string()),
  /** Null in a storm without money. */
  court: courtPlaceSchema.nullable(),
})
export type StormPlace = z.infer<typeof stormPlaceSchema>

export function writePlace(place: StormPlace): string {
  return JSON.stringify(place, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
}

/** Of this worker process. */
export function readPlace(): StormPlace {
  return parse('place', stormPlaceSchema, JSON.parse(process.argv[2] ?? ''))
}

/** The court as who has this key sees it, and speaks to it. */
async function viewCourt({ url, deployment }: CourtPlace, key: PrivateKey): Promise<CourtView> {
  const transport = http(url)
  const reader = createPublicClient({ chain: foundry, transport, pollingInterval: 200 })
  const wallet = createWalletClient({ account: accountOfKey(key), chain: foundry, transport })
  const clients = { reader, chainId: foundry.id, deployment }
  return {
    ...(await createVerdictsReader(clients)),
    send: createVerdictsWallet({ ...clients, wallet }),
  }
}

type Member = {
  network: Network
  privateKey: PrivateKey
  memory: NodeMemory
  manifest: Manifest
}

/** As a tab does, but that nothing outlives the process. @returns null in a storm without money */
export async function goToCourt(
  place: CourtPlace | null,
  { manifest, ...member }: Member,
): Promise<OpenCourt | null> {
  if (!place) return null
  const ledgers = new MemoryLedgers<CourtRecord>()
  const opened = createTabCourt({ ...member, ledgers, manifestOf: () => manifest })
  await opened.court.use(await viewCourt(place, member.privateKey))
  return opened
}
