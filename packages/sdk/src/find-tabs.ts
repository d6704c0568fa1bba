/**
 * Tabs that give a model's chunks: found in the directory, reached, and handed to the download.
 * @module
 */
import type { Network, OfferQuery, WaitOptions } from '@weft/network'
import { pause, type Registration } from '@weft/protocol'
import type { ChunkSource, FindTabs } from '@weft/storage'
import type { NodeMemory } from './node-memory.ts'

export type FindTabsInit = {
  network: Pick<Network, 'peerId' | 'findOffers' | 'openChunks'>
  memory: Pick<NodeMemory, 'lied' | 'isLiar'>
}

/** What a draw needs. */
type DrawTabsInit = {
  network: Pick<Network, 'peerId' | 'findOffers'>
  memory: Pick<NodeMemory, 'isLiar'>
}

/** Asked at the same time for one model; more would only share this tab's own line. */
const maxTabs = 6
/** One that cannot be reached in this time is left out. */
const reachMs = 10_000
/** Tabs that have come meanwhile are looked for so often. */
const lookAgainMs = 10_000

/** A tab that was lost may have been reloaded; more often than so it is not tried. */
const maxTries = 3

/** @returns what yields each tab as it is reached; it ends when nobody gives and a look finds nobody */
export function findTabsFor(init: FindTabsInit, modelCid: string): FindTabs {
  return async function* ({ signal }) {
    const tries = new Map<string, number>()
    const live = new Set<string>()
    while (!signal.aborted) {
      const storing = (await findStoring(init, modelCid, signal)).filter(
        ({ peerId }) => !live.has(peerId) && (tries.get(peerId) ?? 0) < maxTries,
      )
      for (const { peerId } of storing) tries.set(peerId, (tries.get(peerId) ?? 0) + 1)
      const opening = storing.map((each) => openSource(init, { storing: each, modelCid }, signal))
      for await (const source of asTheyCome(opening)) {
        if (!source) continue
        live.add(source.peerId)
        yield {
          ...source,
          close() {
            live.delete(source.peerId)
            source.close()
          },
        }
      }
      if (live.size === 0 && storing.length === 0) return
      await pause(lookAgainMs, signal)
    }
  }
}

/** Tabs that say they store the model, in random order; none where no relay answers. */
export async function findStoring(
  init: DrawTabsInit,
  modelCid: string | null,
  signal: AbortSignal,
): Promise<Registration[]> {
  const tabs = await drawTabs(init, { role: 'stores', modelCid }, { signal }).catch(() => [])
  return tabs.slice(0, modelCid === null ? undefined : maxTabs)
}

/**
 * Tabs that offer something, in random order; without ourselves and known liars.
 * @throws what `findOffers` throws
 */
export async function drawTabs(
  { network, memory }: DrawTabsInit,
  query: OfferQuery,
  options: WaitOptions = {},
): Promise<Registration[]> {
  const offers = await network.findOffers(query, options)
  return offers
    .map(({ registration }) => ({ registration, lot: Math.random() }))
    .sort((a, b) => a.lot - b.lot)
    .map(({ registration }) => registration)
    .filter(({ peerId }) => peerId !== network.peerId && !memory.isLiar(peerId))
}

/** @returns undefined for one that cannot be reached, or has nothing of it */
async function openSource(
  { network, memory }: FindTabsInit,
  { storing, modelCid }: { storing: Registration; modelCid: string },
  signal: AbortSignal,
): Promise<ChunkSource | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(reachMs)])
  try {
    const line = await network.openChunks(storing, { signal: limit })
    try {
      const holdings = await line.holdings(modelCid, { signal: limit })
      return {
        peerId: storing.peerId,
        holdings,
        chunk: (hash, options) => line.chunk(hash, options),
        accuse(fact) {
          memory.lied(storing.peerId)
          line.accuse(fact)
        },
        close: () => line.close(),
      }
    } catch (error) {
      line.close()
      throw error
    }
  } catch {
    return undefined
  }
}

async function* asTheyCome<Value>(works: readonly Promise<Value>[]): AsyncGenerator<Value> {
  const waiting = new Map(
    works.map((work, at) => [at, work.then((value) => ({ at, value }))] as const),
  )
  while (waiting.size > 0) {
    const { at, value } = await Promise.race(waiting.values())
    waiting.delete(at)
    yield value
  }
}
