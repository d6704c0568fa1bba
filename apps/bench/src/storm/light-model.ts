/**
 * A model without weights: what it says follows from the job's seed and the prompt alone, so that any
 * node says the same and anybody can tell what the whole answer must be.
 * @module
 */
import { readFile } from 'node:fs/promises'
import {
  concatBytes,
  type FinishReason,
  type Manifest,
  type Message,
  manifestSchema,
  parse,
  sha256,
} from '@weft/protocol'

const bobbin = new URL('../../../../public/models/bobbin/manifest.json', import.meta.url)
const vocabulary = 50_000
/** One token in so many is the first half of a character: its text comes with the next token. */
const halfEvery = 16

/** Bobbin's, under a name of its own, of a model without states that a fingerprint could be made of. */
export async function readLightManifest(): Promise<Manifest> {
  const manifest = parse('manifest', manifestSchema, JSON.parse(await readFile(bobbin, 'utf8')))
  if (manifest.task !== 'chat' || !manifest.thresholds) throw new Error('Bobbin is not calibrated.')
  const thresholds = { ...manifest.thresholds, fingerprint: null }
  return { ...manifest, thresholds, id: 'weft/light', name: 'Light' }
}

export function promptFor(words: number): Message[] {
  return [{ role: 'user', content: `Say ${words} words.` }]
}

/** @param position in the answer, from 0 */
export function tokenAt(seed: Uint8Array, position: number): number {
  const bytes = Uint8Array.of(position & 255, (position >> 8) & 255, position >> 16)
  return new DataView(sha256(concatBytes(seed, bytes)).buffer).getUint32(0, true) % vocabulary
}

export function pieceOf(token: number): string {
  return isHalf(token) ? '🧵' : `${token.toString(36)} `
}

export function isHalf(token: number): boolean {
  return token % halfEvery === 0
}

export type LightPrompt = { messages: readonly Message[]; maxTokens: number }

/** How long the answer is and why it ends there. */
export function endOf({ messages, maxTokens }: LightPrompt): {
  length: number
  finishReason: FinishReason
} {
  const wanted = Number(/\d+/.exec(messages.at(-1)?.content ?? '')?.[0] ?? 1)
  return wanted > maxTokens
    ? { length: maxTokens, finishReason: 'length' }
    : { length: wanted, finishReason: 'stop' }
}

/** What somebody says who makes an answer up: it looks like any other. */
export function inventedSeed(seed: Uint8Array): Uint8Array {
  return sha256(concatBytes(seed, new TextEncoder().encode('invented')))
}

/** The only right answer. */
export function truthOf(seed: Uint8Array, prompt: LightPrompt) {
  const { length, finishReason } = endOf(prompt)
  const tokens = Array.from({ length }, (_, position) => tokenAt(seed, position))
  return { tokens, text: tokens.map(pieceOf).join(''), finishReason }
}
