/**
 * One question to several relays, one list of live offers that can be trusted to be the nodes' own.
 * @module
 */
import { checkRegistration, limits, type Offer, WeftError } from '@weft/protocol'
import type { WaitOptions } from '../network.ts'
import { pause } from '../wire/deadline.ts'
import { directoryTimes, relaysPerQuery } from './constants.ts'
import type { DirectoryClient } from './directory-client.ts'

/**
 * Asks up to two relays at once. The second has a moment longer than the first to answer.
 * @param directories - of the relays that are online, not empty
 * @throws WeftError of the first relay when none answers
 */
export async function findOffers(
  directories: DirectoryClient[],
  modelCid: string | null,
  { signal }: WaitOptions,
): Promise<Offer[]> {
  const asked = shuffle(directories).slice(0, relaysPerQuery)
  const answers: Offer[][] = []
  const options = signal ? { signal } : {}
  const queries = asked.map(async (directory) => {
    const request = { type: 'query', modelCid, limit: limits.maxOffers } as const
    const answer = await directory.request(request, options)
    if (answer.type !== 'offers') {
      throw new WeftError('network/relay-failed', 'The relay answered something else.')
    }
    answers.push(answer.offers)
  })
  try {
    await Promise.any(queries)
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  }
  const enough = new AbortController()
  const all = Promise.allSettled(queries).then(() => enough.abort())
  await Promise.race([all, pause(directoryTimes.secondAnswerMs, enough.signal)])
  return mergeOffers(answers.flat(), modelCid)
}

/** The newest registration of each node, its signature checked; what does not check is left out. */
export function mergeOffers(offers: readonly Offer[], modelCid: string | null): Offer[] {
  const newest = new Map<string, Offer>()
  for (const offer of offers) {
    const { peerId, sequence, models } = offer.registration
    const known = newest.get(peerId)
    if (known && known.registration.sequence >= sequence) continue
    if (modelCid !== null && !models.some((model) => model.modelCid === modelCid)) continue
    if (isAuthentic(offer)) newest.set(peerId, offer)
  }
  return [...newest.values()]
}

function isAuthentic({ registration }: Offer): boolean {
  try {
    checkRegistration(registration, registration.peerId)
    return true
  } catch {
    return false
  }
}

function shuffle<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value)
}
