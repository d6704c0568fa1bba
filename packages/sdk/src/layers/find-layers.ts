/**
 * Tabs that compute the other layers of a model, for the one that answers with it.
 * @module
 */
import type { LayersLine, Network, WaitOptions } from '@weft/network'
import { CancelledError, type Offer, pause } from '@weft/protocol'
import { type Cell, createCell } from '../cell.ts'

export type FindLayersInit = {
  network: Pick<Network, 'peerId' | 'findOffers' | 'openLayers'>
  /** Of the whole model. */
  modelCid: string
  /** Beside the first one. */
  parts: number
  /** Of the states. */
  width: number
}

export type LayersSearch = {
  /** Asks again until there is a tab for the part, and opens a line to it. @throws CancelledError */
  connect(part: number, options: WaitOptions): Promise<LayersLine>
  /** Parts that no tab computes now, as far as is known. */
  readonly missing: Cell<readonly number[]>
  /** Looks for missing parts, and whether the others are still offered. @returns ends that */
  watch(): () => void
}

/** Between two looks at the directory: a lost tab is gone from it within seconds. */
const lookMs = 500
/** A tab whose line broke is asked last for so long. */
const mistrustMs = 60_000
/** What is looked for so long is missing: longer than tabs take to be back at a relay that has restarted. */
const missingMs = 6_000
/** Between two looks while nobody asks anything. */
const watchMs = 5_000
/** In a row without an offer, after which a part that nobody has asked for is missing as well. */
const maxMisses = 3

export function findLayers({ network, modelCid, parts, width }: FindLayersInit): LayersSearch {
  const missing = createCell<readonly number[]>([])
  const misses = new Map<number, number>()
  const found = (part: number): void => {
    misses.delete(part)
    if (missing.get().includes(part)) missing.set(missing.get().filter((each) => each !== part))
  }
  const lack = (part: number): void => {
    if (!missing.get().includes(part)) missing.set([...missing.get(), part])
  }
  const mistrustedUntilMs = new Map<string, number>()
  const mistrust = (peerId: string): void => {
    const nowMs = performance.now()
    mistrustedUntilMs.set(peerId, nowMs + mistrustMs)
    for (const [each, untilMs] of mistrustedUntilMs) {
      if (untilMs <= nowMs) mistrustedUntilMs.delete(each)
    }
  }
  const rank = ({ registration, activeJobs }: Offer): number => {
    const isMistrusted = (mistrustedUntilMs.get(registration.peerId) ?? 0) > performance.now()
    return activeJobs + Math.random() + (isMistrusted ? 1_000 : 0)
  }
  /** @returns tabs that offer a part */
  const offered = async (options: WaitOptions): Promise<(part: number) => Offer[]> => {
    const offers = await network.findOffers({ role: 'layers', modelCid }, options)
    return (part) =>
      offers.filter(
        ({ registration: { peerId, layers } }) =>
          peerId !== network.peerId &&
          layers.some((each) => each.modelCid === modelCid && each.part === part),
      )
  }
  const reach = async (
    part: number,
    offers: Offer[],
    options: WaitOptions,
  ): Promise<LayersLine | undefined> => {
    const ranked = offers
      .map((offer) => ({ offer, rank: rank(offer) }))
      .sort((a, b) => a.rank - b.rank)
    for (const { offer } of ranked) {
      const { registration } = offer
      const line = await network
        .openLayers(registration, { modelCid, part }, options)
        .catch(() => undefined)
      if (line?.width === width) {
        found(part)
        return watched(line, part)
      }
      line?.close()
      if (options.signal?.aborted) break
      mistrust(registration.peerId)
    }
    return undefined
  }
  const watched = (line: LayersLine, part: number): LayersLine => ({
    peerId: line.peerId,
    width: line.width,
    async step(...asked) {
      try {
        const states = await line.step(...asked)
        found(part)
        return states
      } catch (error) {
        mistrust(line.peerId)
        throw error
      }
    },
    close: () => line.close(),
  })
  const check = async (signal: AbortSignal): Promise<void> => {
    const offersOf = await offered({ signal })
    for (let part = 1; part <= parts; part += 1) {
      const offers = offersOf(part)
      if (missing.get().includes(part)) (await reach(part, offers, { signal }))?.close()
      else if (offers.length > 0) misses.delete(part)
      else misses.set(part, (misses.get(part) ?? 0) + 1)
      if ((misses.get(part) ?? 0) >= maxMisses) lack(part)
    }
  }
  return {
    missing,
    async connect(part, { signal }) {
      const options = signal ? { signal } : {}
      const startedMs = performance.now()
      for (;;) {
        const line = await offered(options)
          .then((offersOf) => reach(part, offersOf(part), options))
          .catch(() => undefined)
        if (line) return line
        if (signal?.aborted) {
          throw new CancelledError({ subject: 'The search', cause: signal.reason })
        }
        if (performance.now() - startedMs > missingMs) lack(part)
        await pause(lookMs, signal)
      }
    },
    watch() {
      const ended = new AbortController()
      const { signal } = ended
      const run = async (): Promise<void> => {
        while (!signal.aborted) {
          await pause(watchMs, signal)
          // Where no relay can be reached nothing is known anew.
          if (!signal.aborted) await check(signal).catch(() => {})
        }
      }
      void run()
      return () => ended.abort()
    },
  }
}
