/**
 * One question to several relays, one list of live offers that can be trusted to be the nodes' own.
 * @module
 */
import { type DirectoryQuery, type Offer, WeftError } from '@weft/protocol'
import type { WaitOptions } from '../network.ts'
import { pause } from '../wire/deadline.ts'
import { directoryTimes, relaysPerQuery } from './constants.ts'
import type { DirectoryClient } from './directory-client.ts'
import { matches } from './matches.ts'
import type { RegistrationCheck } from './registration-check.ts'

export type FindOffersParameters = {
  /** Of the relays that are online, not empty. */
  directories: DirectoryClient[]
  query: DirectoryQuery
  check: RegistrationCheck
}

/**
 * Asks up to two relays at once. The second has a moment longer than the first to answer.
 * @throws WeftError of the first relay when none answers
 */
export async function findOffers(
  { directories, query, check }: FindOffersParameters,
  { signal }: WaitOptions,
): Promise<Offer[]> {
  const asked = shuffle(directories).slice(0, relaysPerQuery)
  const answers: Offer[][] = []
  const options = signal ? { signal } : {}
  const queries = asked.map(async (directory) => {
    const answer = await directory.request(query, options)
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
  // Before the merge: what a relay has made up must not take the place of what a node has signed.
  const authentic = answers
    .flat()
    .filter((offer) => matches(offer, query) && check.isAuthentic(offer.registration))
  return mergeOffers(authentic)
}

/** The newest registration of each node. */
function mergeOffers(offers: readonly Offer[]): Offer[] {
  const newest = new Map<string, Offer>()
  for (const offer of offers) {
    const { peerId, sequence } = offer.registration
    const known = newest.get(peerId)
    if (!known || known.registration.sequence < sequence) newest.set(peerId, offer)
  }
  return [...newest.values()]
}

function shuffle<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value)
}
