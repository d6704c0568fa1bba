/**
 * Messages of `/weft/layers/1`, by which a tab has layers of a model computed by another. Head: open,
 * then one step after the other, each with its states as raw float32 behind it. Part: ready, then for
 * each step done, with its states, or an error.
 * @module
 */
import { z } from 'zod'
import { cidSchema } from './codec.ts'
import { wireErrorSchema } from './infer-messages.ts'

export const layersLimits = {
  /** Rows that decode together. */
  maxRows: 8,
  /** Of one step, a row. */
  maxTokens: 512,
  /** States of one step as float32: 512 tokens of a model 1,024 wide, in one direction. */
  maxStatesBytes: 2 * 1024 * 1024,
  /** Caches that are freed or joined in one step. */
  maxChanges: 256,
  maxParts: 16,
} as const

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
          row: z.int().min(0).max(layersLimits.maxRows),
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

export const headMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('open'),
    modelCid: cidSchema,
    part: z.int().min(1).max(layersLimits.maxParts),
  }),
  z.strictObject({ type: z.literal('step'), step: partStepSchema }),
])
export type HeadMessage = z.output<typeof headMessageSchema>

export const partMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), width: z.int().min(1).max(65_536) }),
  /** `values` float32 follow. */
  z.strictObject({
    type: z.literal('done'),
    values: z
      .int()
      .min(0)
      .max(layersLimits.maxStatesBytes / 4),
  }),
  z.strictObject({ type: z.literal('error'), error: wireErrorSchema }),
])
export type PartMessage = z.output<typeof partMessageSchema>
