/**
 * Writes manifest.json for a model in Hugging Face layout, in a folder of this machine or on a hub:
 * every file by size and hashes, and the known answer computed on onnxruntime-node.
 *
 *   npm run manifest -- public/models/bobbin --id weft/bobbin-2m --name Bobbin --dtype q8 \
 *     --licence Apache-2.0 --description '...'
 *   npm run manifest -- HuggingFaceTB/SmolLM2-135M-Instruct --dtype q8 --add
 *
 * `--add` puts it on the site: its manifest under public/models, the hub as the place of its files.
 * @module
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { manifestCid, WeftError } from '@weft/protocol'
import { addToCatalogue, findCurated, writeJson } from './manifest/add-to-catalogue.ts'
import { bringModel } from './manifest/bring-model.ts'
import { describeModel } from './manifest/describe-model.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Default: that on the hub. */
    id: { type: 'string' },
    name: { type: 'string' },
    description: { type: 'string' },
    /** SPDX identifier. Default: what the hub or the folder's README.md says. */
    licence: { type: 'string' },
    /** fp32, fp16, q8, int8, uint8, q4, q4f16: which graph, by the usual names. */
    dtype: { type: 'string', default: 'fp32' },
    /** Path of the graph where its name is another. */
    graph: { type: 'string' },
    /** Tokens of prompt and answer together. */
    context: { type: 'string' },
    /** Where counting in the graph would miss or double some. */
    parameters: { type: 'string' },
    /** Largest difference of a logit that an honest backend shows. */
    tolerance: { type: 'string' },
    revision: { type: 'string', default: 'main' },
    hub: { type: 'string', default: process.env.HF_ENDPOINT ?? 'https://huggingface.co' },
    /** Where downloads go; they stay there for the next run. */
    out: { type: 'string', default: '.weft/hub' },
    add: { type: 'boolean', default: false },
    /** With --add: a folder that holds the files; several are asked in their order. */
    source: { type: 'string', multiple: true, default: [] },
    /** Folder of `catalogue.json`. */
    models: { type: 'string', default: 'public/models' },
  },
})

async function main(from: string): Promise<void> {
  const { dtype: asked, graph, hub, revision, out } = values
  const model = await bringModel({ from, asked, graph, hub, revision, out })
  const id = values.id ?? (model.source ? from : undefined)
  const curated = findCurated(values.models, id)
  const { manifest, weight } = await describeModel({
    ...model,
    id,
    name: values.name ?? curated?.name ?? id?.split('/')[1],
    description: values.description ?? curated?.sentence ?? '',
    licence: values.licence ?? model.licence ?? curated?.licence,
    parameters: numberOf(values.parameters) ?? model.parameters,
    contextTokens: numberOf(values.context),
    toleranceAbs: numberOf(values.tolerance),
  })
  writeJson(join(model.folder, 'manifest.json'), manifest)
  console.log(`${manifestCid(manifest)} ${manifest.id} (${manifest.parameters} parameters)`)
  if (!values.add) return
  const sources = [...values.source, ...(model.source ? [model.source] : [])]
  const tensorBytes = weight.largestTensorBytes
  const path = addToCatalogue({ modelsFolder: values.models, manifest, sources, tensorBytes })
  console.log(`The site offers it now: ${path}`)
}

function numberOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}

try {
  const [from] = positionals
  if (!from)
    throw new Error('Usage: npm run manifest -- FOLDER|PUBLISHER/NAME --dtype DTYPE [--add]')
  await main(from)
} catch (error) {
  const { message, facts } = WeftError.from(error, 'tooling/manifest', 'No manifest was made.')
  console.error([message, ...facts].join('\n'))
  process.exitCode = 1
}
