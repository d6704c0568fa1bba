/**
 * Messages of `/weft/layers/1`, by which a tab has layers of a model computed by another. Head: open,
 * then one step after the other, each with its states behind it. Part: ready, then for each step done,
 * with its states, or an error. States are raw float32, little-endian.
 * @module
 */
import { z } from 'zod'
import { MalformedError } from './errors.ts'
import { decodeWithBody, encodeWithBody } from './head-and-body.ts'
import { wireErrorSchema } from './infer-messages.ts'
import { cidSchema } from './values.ts'

export const layersLimits = {
  /** Rows that decode together. */
  maxRows: 8,
  /** Of one step, a row. */
  maxTokens: 512,
  /** States of one step as float32: 512 tokens of a model 1,024 wide, in one direction. */
  maxStatesBytes: 2 * 1024 * 1024,
  /** Caches that are freed or joined in one step. */
  maxChanges: 64,
  /** A step without its states: the most changes, each a join of the most rows, and all positions. */
  maxHeadBytes: 40 * 1024,
  maxParts: 16,
} as const

/** One part of a model that is split over tabs. */
export const layerOfferSchema = z.strictObject({
  /** Of the whole model. */
  modelCid: cidSchema,
  /** Counted from the prompt's side; 0, which reads tokens and says logits, is nobody else's. */
  part: z.int().min(1).max(layersLimits.maxParts),
})
export type LayerOffer = z.output<typeof layerOfferSchema>

const cacheIdSchema = z.int().min(0)

const cacheChangeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('free'), cache: cacheIdSchema }),
  z.strictObject({
    type: z.literal('join'),
    /** A new one, whose rows are copies of the first `length` tokens of these. */
    cache: cacheIdSchema,
    sources: z
      .array(
        z.strictObject({
          cache: cacheIdSchema,
          row: z
            .int()
            .min(0)
            .max(layersLimits.maxRows - 1),
          length: z.int().min(0),
        }),
      )
      .min(1)
      .max(layersLimits.maxRows),
  }),
])
export type CacheChange = z.output<typeof cacheChangeSchema>

export const partStepSchema = z.strictObject({
  /** Made in this order, before the layers are computed. */
  changes: z.array(cacheChangeSchema).max(layersLimits.maxChanges),
  forward: z
    .strictObject({
      /** One that is not there yet begins empty, with one row. */
      cache: cacheIdSchema,
      rows: z.int().min(1).max(layersLimits.maxRows),
      /** New ones of each row. */
      tokens: z.int().min(1).max(layersLimits.maxTokens),
      /** Of the new tokens, ascending: whose states are wanted; null for all. */
      positions: z.array(z.int().min(0)).max(layersLimits.maxTokens).nullable(),
    })
    .nullable(),
})
export type PartStep = z.output<typeof partStepSchema>

const headMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('open'), ...layerOfferSchema.shape }),
  z.strictObject({ type: z.literal('step'), step: partStepSchema }),
])
export type HeadMessage = z.output<typeof headMessageSchema> & { states: Float32Array }

const partMessageSchema = z.discriminatedUnion('type', [
  /** `width` of the states. */
  z.strictObject({ type: z.literal('ready'), width: z.int().min(1).max(65_536) }),
  z.strictObject({ type: z.literal('done') }),
  z.strictObject({ type: z.literal('error'), error: wireErrorSchema }),
])
export type PartMessage = z.output<typeof partMessageSchema> & { states: Float32Array }

const fromHead = 'request for layers'
const fromPart = 'answer of layers'
/** What carries states. */
const withStates = ['step', 'done']

export function encodeHeadMessage({ states, ...head }: HeadMessage): Uint8Array {
  const content = { head: head as z.output<typeof headMessageSchema>, body: bytesOf(states) }
  return encodeWithBody(fromHead, headMessageSchema, content, layersLimits.maxHeadBytes)
}

export function encodePartMessage({ states, ...head }: PartMessage): Uint8Array {
  const content = { head: head as z.output<typeof partMessageSchema>, body: bytesOf(states) }
  return encodeWithBody(fromPart, partMessageSchema, content, layersLimits.maxHeadBytes)
}

/** @throws MalformedError, TooLargeError */
export function decodeHeadMessage(bytes: Uint8Array): HeadMessage {
  const { maxHeadBytes } = layersLimits
  const { head, body } = decodeWithBody(fromHead, headMessageSchema, bytes, maxHeadBytes)
  return { ...head, states: statesOf(body, fromHead, head.type) }
}

/** @throws MalformedError, TooLargeError */
export function decodePartMessage(bytes: Uint8Array): PartMessage {
  const { maxHeadBytes } = layersLimits
  const { head, body } = decodeWithBody(fromPart, partMessageSchema, bytes, maxHeadBytes)
  return { ...head, states: statesOf(body, fromPart, head.type) }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A copy: floats want an alignment that a frame does not have. */
function statesOf(body: Uint8Array, subject: string, type: string): Float32Array {
  const mayBe = withStates.includes(type) ? layersLimits.maxStatesBytes : 0
  if (body.length <= mayBe && body.length % 4 === 0) return new Float32Array(body.slice().buffer)
  const facts = [`A ${type} with ${body.length} bytes of states.`]
  throw new MalformedError({ subject, facts })
}

export { headMessageSchema, partMessageSchema }
