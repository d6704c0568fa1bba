/**
 * Manifest: exactly what a model is. One manifest names one graph in one dtype, so that two nodes
 * that serve the same manifest CID compute the same thing; every file is pinned by chunk hashes.
 * @module
 */
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { z } from 'zod'
import { sha256 } from './bytes.ts'
import { decode, encode } from './codec.ts'
import { layersLimits } from './layers-messages.ts'
import { limits } from './limits.ts'
import { thresholdsSchema } from './thresholds.ts'
import { cidSchema, tokenIdSchema } from './values.ts'

/** 1 MiB: the unit of hashing, transfer and storage. */
export const chunkBytes = 1024 * 1024

const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected SHA-256 in hex' })

export const manifestFileSchema = z
  .strictObject({
    /** Relative to the model's folder, forward slashes, e.g. `onnx/model_quantized.onnx`. */
    path: z.string().regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$/),
    sizeBytes: z.int().min(1),
    /** SHA-256 of the whole file. */
    sha256: sha256HexSchema,
    /** SHA-256 of each MiB; the last chunk is the rest. */
    chunks: z.array(sha256HexSchema).min(1),
  })
  .refine(({ sizeBytes, chunks }) => chunks.length === Math.ceil(sizeBytes / chunkBytes), {
    error: 'expected one hash for each chunk of the size',
    path: ['chunks'],
  })
export type ManifestFile = z.infer<typeof manifestFileSchema>

/**
 * A greedy run that every engine must reproduce before it may serve: a wrong kernel must not earn.
 * The prompt is longer than 32 tokens, because prefill kernels switch tiles there.
 */
export const knownAnswerSchema = z.strictObject({
  promptTokens: z.array(tokenIdSchema).min(33).max(512),
  /** Tokens at temperature 0. */
  tokens: z.array(tokenIdSchema).min(16).max(64),
  /** The largest logits after the prompt, largest first. */
  topLogits: z.array(z.strictObject({ token: tokenIdSchema, value: z.number() })).length(8),
  /** Largest absolute difference of a logit that an honest backend shows. */
  toleranceAbs: z.number().gt(0),
})
export type KnownAnswer = z.infer<typeof knownAnswerSchema>

/** The same for a model of vectors, in the pooling of its own folder and at Euclidean length 1. */
export const knownEmbeddingSchema = z.strictObject({
  text: z.string().min(1).max(2000),
  /** The first components of its vector. */
  components: z.array(z.number().min(-1).max(1)).length(8),
  /** Largest absolute difference of a component that an honest backend shows. */
  toleranceAbs: z.number().gt(0),
})
export type KnownEmbedding = z.infer<typeof knownEmbeddingSchema>

/**
 * The same for some layers of a model: states behind the last of 40 tokens, made of tokens or states that
 * everybody can make (`knownTokens` and `knownStates` of the engine).
 */
export const knownStatesSchema = z.strictObject({
  /** Its first components. */
  components: z.array(z.number()).length(8),
  /** Largest difference of a component that an honest backend shows, relative to the largest of them. */
  tolerance: z.number().gt(0),
})
export type KnownStates = z.infer<typeof knownStatesSchema>

export const dtypeSchema = z.enum(['fp32', 'fp16', 'q8', 'q4', 'q4f16'])

const sharedShape = {
  /** `<publisher>/<name>`, e.g. `weft/bobbin-2m`. */
  id: z.string().regex(/^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/),
  /** Name for people. */
  name: z.string().min(1).max(80),
  description: z.string().max(500),
  /** SPDX identifier. */
  licence: z.string().min(1).max(60),
  parameters: z.int().min(1),
  dtype: dtypeSchema,
  /** Tokens of prompt and answer together, or of one text. */
  contextTokens: z.int().min(1),
  /** Memory of the loaded weights plus one full KV cache if it has one, measured or estimated. */
  memoryBytes: z.int().min(1),
  /** Path of the ONNX graph among `files`. */
  graph: z.string(),
  files: z.array(manifestFileSchema).min(1),
}

/**
 * `task` says what the model does: answer a conversation, turn texts into vectors, write down speech, or
 * compute some layers of another model.
 */
export const manifestSchema = z
  .discriminatedUnion('task', [
    z.strictObject({
      version: z.literal(1),
      task: z.literal('chat'),
      ...sharedShape,
      knownAnswer: knownAnswerSchema,
      /** Absent where nobody has calibrated it: its answers can be scored, not judged. */
      thresholds: thresholdsSchema.optional(),
    }),
    z.strictObject({
      version: z.literal(1),
      task: z.literal('embedding'),
      ...sharedShape,
      knownAnswer: knownEmbeddingSchema,
    }),
    z.strictObject({
      version: z.literal(1),
      task: z.literal('speech'),
      ...sharedShape,
      /** Path of the graph that writes what `graph` hears. No node serves it, so it needs no known answer. */
      writer: z.string(),
      /** That it understands, as ISO 639, e.g. `en`. */
      languages: z
        .array(z.string().regex(/^[a-z]{2,3}$/))
        .min(1)
        .max(200),
    }),
    z.strictObject({
      version: z.literal(1),
      task: z.literal('layers'),
      ...sharedShape,
      /** Of the model that it is a part of. */
      modelCid: cidSchema,
      /** 0 is the one that reads tokens and says logits; its `graph` is the one that reads them. */
      part: z.int().min(0).max(layersLimits.maxParts),
      /** That there are, this one included. */
      parts: z
        .int()
        .min(2)
        .max(layersLimits.maxParts + 1),
      firstLayer: z.int().min(0),
      layers: z.int().min(1),
      /** That there are in all parts. */
      allLayers: z.int().min(2),
      /** Of the states that go from part to part, float32 [rows, tokens, width]. */
      width: z.int().min(1).max(65_536),
      knownAnswer: knownStatesSchema,
    }),
  ])
  .refine(({ files }) => new Set(files.map(({ path }) => path)).size === files.length, {
    error: 'expected each path once',
    path: ['files'],
  })
  .refine(({ graph, files }) => isAmong(files, graph), {
    error: 'expected the path of one of its files',
    path: ['graph'],
  })
  .refine(({ files, ...rest }) => rest.task !== 'speech' || isAmong(files, rest.writer), {
    error: 'expected the path of one of its files',
    path: ['writer'],
  })
  .refine((manifest) => manifest.task !== 'layers' || manifest.part < manifest.parts, {
    error: 'expected one of its parts',
    path: ['part'],
  })
  .refine((manifest) => manifest.task !== 'layers' || isWithin(manifest), {
    error: 'expected layers that the whole model has',
    path: ['layers'],
  })
export type Manifest = z.infer<typeof manifestSchema>
export type ChatManifest = Extract<Manifest, { task: 'chat' }>
export type EmbeddingManifest = Extract<Manifest, { task: 'embedding' }>
export type SpeechManifest = Extract<Manifest, { task: 'speech' }>
export type LayersManifest = Extract<Manifest, { task: 'layers' }>

function isAmong(files: readonly ManifestFile[], wanted: string): boolean {
  return files.some(({ path }) => path === wanted)
}

function isWithin({
  firstLayer,
  layers,
  allLayers,
}: Record<'firstLayer' | 'layers' | 'allLayers', number>) {
  return firstLayer + layers <= allLayers
}

const dagCborCode = 0x71
const sha256Code = 0x12

export function manifestCid(manifest: Manifest): string {
  return cidOf(encodeManifest(manifest))
}

/** @param bytes - canonical @returns their CIDv1 (DAG-CBOR, SHA-256), base32 */
export function cidOf(bytes: Uint8Array): string {
  return CID.create(1, dagCborCode, Digest.create(sha256Code, sha256(bytes))).toString()
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  return encode('manifest', manifestSchema, manifest, limits.maxManifestBytes)
}

/** @throws MalformedError, TooLargeError */
export function decodeManifest(bytes: Uint8Array): Manifest {
  return decode('manifest', manifestSchema, bytes, limits.maxManifestBytes)
}

/** The file of a manifest at `path`, or undefined. */
export function manifestFile(manifest: Manifest, path: string): ManifestFile | undefined {
  return manifest.files.find((file) => file.path === path)
}
