/**
 * What a model is, asks for and would do here, in words.
 * @module
 */
import type { CachedModel, Fit, ModelEntry, StorageSpace } from '@weft/sdk'
import { isFree, priceRange } from '../money/price-words.ts'
import { count, formatBytes } from '../row/summary.ts'
import type { ShelfModel, ShelfVariant } from './shelf.ts'

/** e.g. `2.4 M parameters · Apache-2.0 · 512 tokens of context` */
export function modelLine({ parameters, licence, ...model }: ShelfModel): string {
  return [formatParameters(parameters), licenceName(licence), contextWords(model)].join(' · ')
}

/** e.g. `4,096 of 131,072 tokens of context`, where Weft does not use all that it was trained for */
function contextWords({
  contextTokens,
  trainedTokens,
}: Pick<ShelfModel, 'contextTokens' | 'trainedTokens'>): string {
  const isPart = contextTokens < trainedTokens
  const used = isPart ? `${contextTokens.toLocaleString('en')} of ` : ''
  return `${used}${count(isPart ? trainedTokens : contextTokens, 'token')} of context`
}

/** e.g. `2.4 M parameters` */
export function formatParameters(parameters: number): string {
  const [value, unit] = parameters < 999.5e6 ? [parameters / 1e6, 'M'] : [parameters / 1e9, 'B']
  return `${value < 99.5 ? value.toFixed(1) : Math.round(value)} ${unit} parameters`
}

/** SPDX names a licence outside its list `LicenseRef-…`. */
function licenceName(licence: string): string {
  return licence
    .replace(/^LicenseRef-/, '')
    .concat(licence.startsWith('LicenseRef-') ? ' licence' : '')
}

/**
 * e.g. `2.9 MB to fetch · 11.2 MB of memory · 1 node live · from 2 tabs`. Where the model runs, the verdict beside
 * it tells the memory.
 */
export function variantLine(
  { needs, isApproximate, modelCid, liveNodes, storingTabs }: ShelfVariant,
  { fit, keptBytes }: { fit: Fit | null; keptBytes: number },
): string {
  const about = isApproximate ? 'about ' : ''
  const nodes = liveNodes === null ? 'nodes unknown' : `${count(liveNodes, 'node')} live`
  const parts = [
    about + fetchWords(needs.downloadBytes, keptBytes),
    !fit?.runs && `${about}${formatBytes(needs.memoryBytes)} of memory`,
    modelCid && nodes,
    storingTabs ? `from ${count(storingTabs, 'tab')}` : false,
  ]
  return parts.filter(Boolean).join(' · ')
}

/** e.g. `2 nodes live, free`, `3 nodes live, 1 of them free`, `1 node live, for 2.00 WEFT a million tokens` */
export function nodesWords({
  liveNodes,
  prices,
}: Pick<ModelEntry, 'liveNodes' | 'prices'>): string {
  if (liveNodes === null) return 'nodes unknown'
  const nodes = `${count(liveNodes, 'node')} live`
  if (liveNodes === 0) return nodes
  const free = prices.filter(isFree).length
  if (free === liveNodes) return `${nodes}, free`
  return free > 0
    ? `${nodes}, ${free} of them free`
    : `${nodes}, for ${priceRange(prices)} a million tokens`
}

/** What is still to be fetched before a model runs here. */
export function fetchWords(downloadBytes: number, keptBytes: number): string {
  if (keptBytes === 0) return `${formatBytes(downloadBytes)} to fetch`
  return keptBytes < downloadBytes
    ? `${formatBytes(downloadBytes - keptBytes)} of ${formatBytes(downloadBytes)} still to fetch`
    : `${formatBytes(downloadBytes)}, kept in this browser`
}

const fitBackends = { webgpu: 'WebGPU', wasm: 'CPU' }

/** The verdict in few words; `fit.why` is its reason. */
export function fitWord(fit: Fit, isReady: boolean): string {
  if (!fit.runs) return 'Does not run here'
  return `${isReady ? 'Runs here' : 'Would run here'} (${fitBackends[fit.backend]})`
}

/** e.g. `1.2 MB of 2.9 MB` while a part is missing */
export function keptWords({ cachedBytes, totalBytes }: CachedModel): string {
  return cachedBytes < totalBytes
    ? `${formatBytes(cachedBytes)} of ${formatBytes(totalBytes)}`
    : formatBytes(totalBytes)
}

/**
 * What a deletion costs, before it is done.
 * @param isOnSite - whether this site has its files, wherever the kept ones came from
 */
export function deleteQuestion(
  { cachedBytes, publisher }: Pick<CachedModel, 'cachedBytes' | 'publisher'>,
  isOnSite: boolean,
): string {
  const elsewhere = publisher
    ? 'This site does not have it: it comes back only from a tab that shares it.'
    : 'This site does not have it: bringing it back takes its files, imported again.'
  const after = isOnSite ? 'It has to be fetched again.' : elsewhere
  return `Delete ${formatBytes(cachedBytes)}? ${after}`
}

/** What this site keeps and may keep. */
export function spaceSentence({ modelBytes, quotaBytes, isLasting }: StorageSpace): string {
  if (!isLasting) {
    return 'This browser keeps nothing for this site, as in a private window: models are fetched at every visit.'
  }
  const used = modelBytes > 0 ? `Models take ${formatBytes(modelBytes)}` : 'Nothing is kept yet'
  const bound = quotaBytes === null ? '' : `; this site may keep ${formatBytes(quotaBytes)}`
  return `${used}${bound}.`
}

/** Makes the manifest of a variant and puts it on the site. */
export function manifestCommand(id: string, dtype: string): string {
  return `npm run manifest -- ${id} --dtype ${dtype} --add`
}
