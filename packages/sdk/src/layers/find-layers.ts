/**
 * Tabs that compute the other layers of a model, for the one that answers with it.
 * @module
 */
import type { LayersLine, Network, WaitOptions } from '@weft/network'
import { CancelledError, type Offer } from '@weft/protocol'

export type FindLayersInit = {
  network: Pick<Network, 'peerId' | 'findOffers' | 'openLayers'>
  /** Of the whole model. */
  modelCid: string
  /** Of the states. */
  width: number
}

/** Between two looks at the directory: a lost tab is gone from it within seconds. */
const lookMs = 500
/** A tab whose line broke is asked last for so long. */
const mistrustMs = 60_000

/** @returns what finds a tab for a part, asks again until there is one, and opens a line to it */
export function findLayers({ network, modelCid, width }: FindLayersInit) {
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
  const look = async (part: number, options: WaitOptions): Promise<LayersLine | undefined> => {
    const offers = await network.findOffers({ role: 'layers', modelCid }, options)
    const ranked = offers
      .filter(({ registration: { peerId, layers } }) => {
        const offered = layers.some((each) => each.modelCid === modelCid && each.part === part)
        return offered && peerId !== network.peerId
      })
      .map((offer) => ({ offer, rank: rank(offer) }))
      .sort((a, b) => a.rank - b.rank)
    for (const { offer } of ranked) {
      const { registration } = offer
      const line = await network
        .openLayers(registration, { modelCid, part }, options)
        .catch(() => undefined)
      if (line?.width === width) return watched(line)
      line?.close()
      mistrust(registration.peerId)
      if (options.signal?.aborted) break
    }
    return undefined
  }
  const watched = (line: LayersLine): LayersLine => ({
    peerId: line.peerId,
    width: line.width,
    step: (step, states, options) =>
      line.step(step, states, options).catch((error: unknown) => {
        mistrust(line.peerId)
        throw error
      }),
    close: () => line.close(),
  })
  return async (part: number, { signal }: WaitOptions): Promise<LayersLine> => {
    for (;;) {
      const options = signal ? { signal } : {}
      const line = await look(part, options).catch(() => undefined)
      if (line) return line
      if (signal?.aborted) throw new CancelledError({ subject: 'The search', cause: signal.reason })
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
  }
}
