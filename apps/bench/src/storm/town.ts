/**
 * A chain with a court for a storm: nodes and verifiers have stake on it before it begins, those that come later
 * included.
 * @module
 */
import { registryRoles } from '@weft/payments/chain'
import { type DevelopmentChain, startDevelopmentChain } from '@weft/payments/testing'
import { createPrivateKey, type PrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import { type Citizen, wealthOf } from '../collusion/wealth.ts'
import type { CourtPlace } from './court-place.ts'
import { allNodes, type StormPlan } from './plan.ts'

/** How a storm ended for its people. */
export type Reckoning = {
  /** What the coalition has more than before, in wei; less where negative. */
  coalitionGainWei: bigint
  /** Keys that lost stake. */
  fined: { colluding: number; honest: number }
}

export type Town = {
  place: CourtPlace
  /** By the id in the plan; undefined for a client, who has nothing at stake. */
  keys: ReadonlyMap<string, PrivateKey>
  /** PeerIds of its nodes. */
  coalition: string[]
  reckon(): Promise<Reckoning>
  close(): Promise<void>
}

/** What each of them has in it at the beginning. */
const stakeWei = 100n * 10n ** 18n

/** Epochs as short as on every development chain; panels as on a public one. */
const rules = { panelSize: 5n, appealSize: 9n, sampleBps: 2_000n, answerSeconds: 15n }

export async function openTown(plan: StormPlan): Promise<Town> {
  const chain = await startDevelopmentChain(rules)
  const keys = new Map<string, PrivateKey>()
  const citizens: (Citizen & { colludes: boolean })[] = []
  const enrol = async (id: string, role: keyof typeof registryRoles, colludes: boolean) => {
    const privateKey = createPrivateKey()
    keys.set(id, privateKey)
    citizens.push({ ...(await settle(chain, privateKey, role)), colludes })
    return peerIdFromPrivateKey(privateKey)
  }
  const coalition: string[] = []
  for (const { id, colludes } of allNodes(plan)) {
    const peerId = await enrol(id, 'compute', colludes)
    if (colludes) coalition.push(peerId)
  }
  for (const { id, colludes } of plan.verifiers) await enrol(id, 'verify', colludes)
  const view = await chain.court(createPrivateKey())
  const colluders = citizens.filter(({ colludes }) => colludes)
  const beforeWei = await wealthOf({ view, chain }, colluders)
  return {
    place: { url: chain.url, deployment: chain.deployment },
    keys,
    coalition,
    async reckon() {
      const stakes = citizens.map(async ({ address, colludes }) => ({
        colludes,
        isFined: (await view.readStake(address)) < stakeWei,
      }))
      const fined = (await Promise.all(stakes)).filter(({ isFined }) => isFined)
      const colluding = fined.filter(({ colludes }) => colludes).length
      return {
        coalitionGainWei: (await wealthOf({ view, chain }, colluders)) - beforeWei,
        fined: { colluding, honest: fined.length - colluding },
      }
    },
    close: () => chain.stop(),
  }
}

async function settle(
  chain: DevelopmentChain,
  privateKey: PrivateKey,
  role: keyof typeof registryRoles,
): Promise<Citizen> {
  const roles = registryRoles[role]
  const { operator, owner, court } = await chain.enrol(privateKey, { roles, stakeWei })
  if (role === 'verify') await court.takeSeat(operator)
  return { address: operator, owner }
}
