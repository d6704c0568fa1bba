/**
 * What an answer to a question may hold: the relay chooses by it, the asking tab checks by it.
 * @module
 */
import type { DirectoryQuery, ModelOffer, Offer, OfferRole, Price } from '@weft/protocol'

export type OfferFilter = Pick<DirectoryQuery, 'role' | 'modelCid' | 'maxPrice' | 'isFree'>

export function matches(offer: Offer, { role, modelCid, maxPrice, isFree }: OfferFilter): boolean {
  if (isFree && runsJobs(role) && !hasRoom(offer)) return false
  const { models, stores, layers, verifies, proves } = offer.registration
  const isAsked = (cid: string) => modelCid === null || cid === modelCid
  if (role === 'stores') return stores.some(isAsked)
  if (role === 'verifies') return verifies.some(isAsked)
  if (role === 'proves') return proves.some(isAsked)
  if (role === 'layers') return layers.some((layer) => isAsked(layer.modelCid))
  return models.some((model) => isAsked(model.modelCid) && isWithin(model, maxPrice))
}

/** @returns whether a node's jobs say how much room there is in this role */
export function runsJobs(role: OfferRole): boolean {
  return role === 'models' || role === 'layers'
}

/** @returns whether the node runs fewer jobs than it can */
export function hasRoom({ registration, activeJobs }: Offer): boolean {
  return activeJobs < registration.maxJobs
}

function isWithin({ price }: ModelOffer, maxPrice: Price | null): boolean {
  return (
    maxPrice === null ||
    (price.inputWeiPerMillion <= maxPrice.inputWeiPerMillion &&
      price.outputWeiPerMillion <= maxPrice.outputWeiPerMillion)
  )
}
