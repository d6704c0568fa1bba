/**
 * What goes between tabs: who gives a model, what this browser gives, in words.
 * @module
 */
import type { Giver, StoringState, UploadLimits } from '@weft/sdk'
import { count, formatBytes, shortPeerId } from '../row/summary.ts'

/** e.g. `2 tabs and the site`; empty before anything has come */
export function giversWords(givers: readonly Giver[]): string {
  const tabs = givers.filter(({ peerId }) => peerId !== null).length
  const hasPlace = givers.length > tabs
  return [tabs > 0 && count(tabs, 'tab'), hasPlace && 'the site'].filter(Boolean).join(' and ')
}

/** e.g. `Given: 3.2 MB today, 18.0 MB in all.`; empty before anything was given */
export function givenSentence({
  givenTodayBytes,
  givenBytes,
}: Pick<StoringState, 'givenTodayBytes' | 'givenBytes'>): string {
  if (givenBytes === 0) return ''
  const today = givenTodayBytes === 0 ? 'nothing' : formatBytes(givenTodayBytes)
  return `Given: ${today} today, ${formatBytes(givenBytes)} in all.`
}

/** Bytes per second that a person can choose from; empty: no limit. */
export const speedOptions = ['250000', '1000000', '5000000', ''].map(
  (value) => [value, value ? `${formatBytes(Number(value))}/s` : 'No limit'] as const,
)

/** Tabs at the same time that a person can choose from. */
export const peerOptions = ['1', '2', '4', '8'].map((value) => [value, value] as const)

/** @returns null for what is not among the options */
export function parseLimits(speed: string, peers: string): UploadLimits | null {
  const isKnown = (options: readonly (readonly [string, string])[], value: string) =>
    options.some(([each]) => each === value)
  if (!isKnown(speedOptions, speed) || !isKnown(peerOptions, peers)) return null
  return { bytesPerSecond: speed ? Number(speed) : null, maxPeers: Number(peers) }
}

/** e.g. `Published by 16Uiu2…abcdef. Nobody has checked it.` */
export function publisherWords(publisher: string): string {
  return `From the tab ${shortPeerId(publisher)}. Nobody has checked it.`
}
