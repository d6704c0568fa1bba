/**
 * Cuts a chat model into parts that tabs share, each with a manifest of its own.
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { type ModelPart, makeKnownStates, nodeRuntime, splitModel } from '@weft/engine/local'
import {
  type LayersManifest,
  type Manifest,
  manifestCid,
  manifestSchema,
  parse,
  WeftError,
} from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import { readCommandLine, refuse } from './command-line.ts'
import { addSplit, writeJson } from './manifest/add-to-catalogue.ts'
import { describeFile } from './manifest/describe-model.ts'

const usage = `npm run split -- FOLDER --parts N --out FOLDER [options]

  npm run split -- public/models/bobbin --parts 2 --out public/models/bobbin-split --add

  FOLDER            a model with its manifest.json, see npm run manifest
  --parts N         tabs that share it, 2 to its number of layers
  --out FOLDER      gets part-0, part-1 and so on, each with its manifest.json
  --add             tells the site's catalogue of them; FOLDER lies under the folder of --models
  --models DIR      folder of catalogue.json; default: public/models`

const { values, positionals } = readCommandLine(usage, {
  parts: { type: 'string', default: '2' },
  out: { type: 'string' },
  add: { type: 'boolean', default: false },
  models: { type: 'string', default: 'public/models' },
})

/** Relative to the largest component. Half floats have 11 bits. */
const tolerances: Record<Manifest['dtype'], number> = {
  fp32: 1e-3,
  q8: 1e-3,
  q4: 1e-3,
  fp16: 2e-2,
  q4f16: 2e-2,
}

async function main(folder: string, out: string): Promise<void> {
  const json: unknown = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const whole = parse('manifest', manifestSchema, json)
  const { graph } = whole
  if (whole.task !== 'chat') {
    throw new WeftError('tooling/split', 'Only a model that answers can be cut.')
  }
  const files = new Map(
    whole.files.map(({ path }) => [path, new Uint8Array(readFileSync(join(folder, path)))]),
  )
  const parts = splitModel(files, { graph, tabs: Number(values.parts) })
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json')))
  const width = Number(config.hidden_size ?? config.text_config?.hidden_size)
  for (const [part, piece] of parts.entries()) {
    const manifest = await describePart(whole, { part, piece, parts: parts.length, width })
    const target = join(out, `part-${part}`)
    for (const [path, bytes] of piece.files) {
      mkdirSync(dirname(join(target, path)), { recursive: true })
      writeFileSync(join(target, path), bytes)
    }
    writeJson(join(target, 'manifest.json'), manifest)
    const { firstLayer, layers, allLayers, memoryBytes } = manifest
    console.log(
      `${manifestCid(manifest)} ${target}: layers ${firstLayer + 1} to ${firstLayer + layers} of ${allLayers}, ${memoryBytes} bytes`,
    )
  }
  if (!values.add) return
  const path = relative(values.models, out).split(sep).join('/')
  const manifests = parts.map((_, part) => `${path}/part-${part}/manifest.json`)
  addSplit({ modelsFolder: values.models, modelCid: manifestCid(whole), manifests })
  console.log('The site offers its parts now.')
}

type PartInit = { part: number; piece: ModelPart; parts: number; width: number }

async function describePart(
  whole: Manifest,
  { part, piece, parts, width }: PartInit,
): Promise<LayersManifest> {
  const { files, firstLayer, layers, allLayers, graph } = piece
  const { version, licence, dtype, contextTokens } = whole
  const share = layers / allLayers
  const fileBytes = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  const wholeBytes = whole.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const manifest = {
    version,
    task: 'layers' as const,
    id: `${whole.id}-part-${part}`,
    name: `${whole.name}, layers ${firstLayer + 1} to ${firstLayer + layers}`.slice(0, 80),
    description: `Part ${part + 1} of ${parts} of ${whole.name}.`,
    licence,
    parameters: Math.max(1, Math.round(whole.parameters * (fileBytes / wholeBytes))),
    dtype,
    contextTokens,
    memoryBytes: fileBytes + Math.max(0, Math.round((whole.memoryBytes - wholeBytes) * share)),
    graph,
    files: [...files].map(([path, bytes]) => describeFile(path, bytes)),
    modelCid: manifestCid(whole),
    part,
    parts,
    firstLayer,
    layers,
    allLayers,
    width,
  }
  const knownAnswer = await makeKnownStates(
    { manifest, files, tolerance: tolerances[dtype] },
    async () => nodeRuntime(ort),
  )
  return parse('manifest', manifestSchema, { ...manifest, knownAnswer }) as LayersManifest
}

const [folder] = positionals
if (!folder) refuse(usage, 'A folder is missing.')
if (!values.out) refuse(usage, '--out FOLDER is missing.')
try {
  await main(folder, values.out)
} catch (error) {
  const { message, facts } = WeftError.from(error, 'tooling/split', 'The model was not cut.')
  console.error([message, ...facts].join('\n'))
  process.exitCode = 1
}
