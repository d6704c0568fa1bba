/**
 * One question to several relays, one list of live offers: the nodes' own, or checked when a node is called.
 * @module
 */
import {
  type DirectoryQuery,
  type DirectoryResponse,
  type Offer,
  pause,
  WeftError,
} from '@weft/protocol'
import type { WaitOptions } from '../network.ts'
import { directoryTimes, relaysPerQuery } from './constants.ts'
import type { DirectoryClient } from './directory-client.ts'
import { matches } from './matches.ts'
import type { OfferReader } from './offer-reader.ts'

type FindOffersParameters = {
  /** Of the relays that are online, not empty. */
  directories: DirectoryClient[]
  query: DirectoryQuery
  reader: OfferReader
  /** Whoever calls a node checks its offer then. */
  checksLater: boolean
}

type Found = Pick<Extract<DirectoryResponse, { type: 'offers' }>, 'offers' | 'relays'>

type FoundOffers = {
  offers: Offer[]
  /** Addresses for which a relay vouches that some of the nodes are reached over them. */
  relays: string[]
}

type FindAgain = Omit<FindOffersParameters, 'directories'> & {
  /** Those of the relays that are online by then, at least one. @throws WeftError `network/offline` */
  online: (endMs: number) => Promise<DirectoryClient[]>
}

/** As `findOffers`, asked again where the line to the relay was cut under the question. */
export async function findOffersAgain(
  { online, ...parameters }: FindAgain,
  options: WaitOptions,
): Promise<FoundOffers> {
  const endMs = performance.now() + directoryTimes.connectMs
  for (;;) {
    const directories = await online(endMs)
    try {
      return await findOffers({ directories, ...parameters }, options)
    } catch (error) {
      const isCut = WeftError.is(error) && error.code === 'network/stream-lost'
      if (!isCut || options.signal?.aborted || performance.now() > endMs) throw error
      await new Promise((resolve) => setTimeout(resolve, directoryTimes.askAgainMs))
    }
  }
}

/**
 * Asks up to two relays at once. The second has a moment longer than the first to answer.
 * @throws WeftError of the first relay when none answers
 */
async function findOffers(
  { directories, query, reader, checksLater }: FindOffersParameters,
  { signal }: WaitOptions,
): Promise<FoundOffers> {
  const asked = shuffle(directories).slice(0, relaysPerQuery)
  const answers: Found[] = []
  const options = signal ? { signal } : {}
  const queries = asked.map(async (directory) => {
    const answer = await directory.request(query, options)
    if (answer.type !== 'offers') {
      throw new WeftError('network/relay-failed', 'The relay answered something else.')
    }
    answers.push(answer)
  })
  try {
    await Promise.any(queries)
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  }
  const enough = new AbortController()
  const all = Promise.allSettled(queries).then(() => enough.abort())
  await Promise.race([all, pause(directoryTimes.secondAnswerMs, enough.signal)])
  const isAuthentic = (offer: Offer) => reader.isAuthentic(offer.registration)
  const offers = answers
    .flatMap(({ offers }) => offers.slice(0, query.limit).flatMap((offer) => reader.open(offer)))
    .filter((offer) => matches(offer, query) && (checksLater || isAuthentic(offer)))
  return {
    offers: mergeOffers(offers, isAuthentic),
    relays: answers.flatMap(({ relays }) => relays),
  }
}

/** The newest registration of each node. What a relay made up never takes the place of what a node signed. */
function mergeOffers(offers: readonly Offer[], isAuthentic: (offer: Offer) => boolean): Offer[] {
  const newest = new Map<string, Offer>()
  for (const offer of offers) {
    const { peerId, sequence } = offer.registration
    const known = newest.get(peerId)
    if (known?.registration === offer.registration) continue
    const isOlder = known && known.registration.sequence >= sequence && isAuthentic(known)
    if (known && (isOlder || !isAuthentic(offer))) continue
    newest.set(peerId, offer)
  }
  return [...newest.values()]
}

function shuffle<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value)
}
