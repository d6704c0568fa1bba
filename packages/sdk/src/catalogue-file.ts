/**
 * The form of `catalogue.json`: the models that a site offers or would like to, as data.
 * @module
 */
import { dtypeSchema } from '@weft/protocol'
import { z } from 'zod'

const bytesSchema = z.int().min(1)

const variantShape = {
  dtype: dtypeSchema,
  /** What it is meant for, best first. */
  backends: z.array(z.enum(['webgpu', 'wasm'])).min(1),
  /** Features that WebGPU must have for it, e.g. `shader-f16`. */
  features: z.array(z.string().max(60)).max(8),
  /** The largest tensor of the graph, which has to fit one GPU buffer; null where nobody measured. */
  tensorBytes: bytesSchema.nullable(),
}

const manifestPathSchema = z.string().regex(/^[\w.-]+(\/[\w.-]+)*\.json$/)

/** A variant whose files are pinned, so that it can be loaded. */
const readySchema = z.strictObject({
  ...variantShape,
  /** Path of its manifest, from the folder of this file. */
  manifest: manifestPathSchema,
  /** Folders that hold its files, asked in this order; a relative one is of this site. */
  sources: z.array(z.string().regex(/\/$/, { error: 'expected a folder, ending in /' })).min(1),
  /** Manifests of the parts that tabs may share it in, each beside its files; `npm run split` makes them. */
  parts: z.array(manifestPathSchema).min(2).max(17).optional(),
})

/** A variant that exists on a hub, but whose hashes nobody has taken yet: it cannot be loaded. */
const wantedSchema = z.strictObject({
  ...variantShape,
  manifest: z.null(),
  /** Reckoned from the shape of the model, not measured. */
  approximate: z.strictObject({
    downloadBytes: bytesSchema,
    memoryBytes: bytesSchema,
    largestFileBytes: bytesSchema,
  }),
})

export const catalogueFileSchema = z.strictObject({
  version: z.literal(1),
  models: z
    .array(
      z.strictObject({
        /** `<publisher>/<name>` of its repository. */
        id: z.string().min(3).max(200),
        name: z.string().min(1).max(80),
        /** One honest sentence about what it is good for. */
        sentence: z.string().max(300),
        /** SPDX identifier. */
        licence: z.string().min(1).max(60),
        parameters: z.int().min(1),
        /** As its makers say; a manifest may set fewer. */
        contextTokens: z.int().min(1),
        variants: z.array(z.union([readySchema, wantedSchema])).min(1),
      }),
    )
    .min(1),
})
export type CatalogueFile = z.infer<typeof catalogueFileSchema>
export type CatalogueFileModel = CatalogueFile['models'][number]
export type CatalogueFileVariant = CatalogueFileModel['variants'][number]
