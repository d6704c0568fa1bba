/**
 * Writes manifest.json for a model in Hugging Face layout, in a folder of this machine or on a hub:
 * every file by size and hashes, and the known answer computed on onnxruntime-node.
 * @module
 */
import { join } from 'node:path'
import { manifestCid, WeftError } from '@weft/protocol'
import { readCommandLine, refuse } from './command-line.ts'
import { addToCatalogue, findCurated, findSources, writeJson } from './manifest/add-to-catalogue.ts'
import { bringModel } from './manifest/bring-model.ts'
import { describeModel } from './manifest/describe-model.ts'

const usage = `Usage: npm run manifest -- FOLDER|PUBLISHER/NAME [options]

Describes a model by the hashes of its files and an answer that every device must reproduce: of a folder in Hugging
Face's layout, or of a hub, from which it is then downloaded.

  npm run manifest -- HuggingFaceTB/SmolLM2-135M-Instruct --dtype q8 --add
  npm run manifest -- public/models/bobbin --id weft/bobbin-2m --name Bobbin --dtype q8 \\
    --licence Apache-2.0 --description '...'

  --dtype D         which graph, by the usual names: fp32 (default), fp16, q8, int8, uint8, q4, q4f16
  --add             puts it on the site: its manifest under public/models; tabs get its files from the
                    hub, or from the site where FOLDER lies under public/models
  --source URL      with --add: another folder that holds the files; several are asked in their order
  --id ID           default: that on the hub
  --name NAME       --description TEXT
  --licence SPDX    default: what the hub or the folder's README.md says
  --graph PATH      the graph, where its name is another
  --context N       tokens of prompt and answer together; default: what config.json says
  --parameters N    where counting in the graph would miss or double some
  --tolerance X     largest difference of a logit that an honest backend shows
  --revision REV    of the hub; default: main
  --hub URL         default: HF_ENDPOINT, else https://huggingface.co
  --out DIR         where downloads go and stay; default: .weft/hub
  --models DIR      folder of catalogue.json; default: public/models`

const { values, positionals } = readCommandLine(usage, {
  id: { type: 'string' },
  name: { type: 'string' },
  description: { type: 'string' },
  licence: { type: 'string' },
  dtype: { type: 'string', default: 'fp32' },
  graph: { type: 'string' },
  context: { type: 'string' },
  parameters: { type: 'string' },
  tolerance: { type: 'string' },
  revision: { type: 'string', default: 'main' },
  hub: { type: 'string', default: process.env.HF_ENDPOINT ?? 'https://huggingface.co' },
  out: { type: 'string', default: '.weft/hub' },
  add: { type: 'boolean', default: false },
  source: { type: 'string', multiple: true, default: [] },
  models: { type: 'string', default: 'public/models' },
})

async function main(from: string): Promise<void> {
  const { dtype: asked, graph, hub, revision, out } = values
  const model = await bringModel({ from, asked, graph, hub, revision, out })
  const sources = values.add
    ? findSources({
        modelsFolder: values.models,
        folder: model.folder,
        hubSource: model.source,
        named: values.source,
      })
    : []
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
  const tensorBytes = weight.largestTensorBytes
  const path = addToCatalogue({ modelsFolder: values.models, manifest, sources, tensorBytes })
  console.log(`The site offers it now: ${path}`)
}

function numberOf(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}

const [from] = positionals
if (!from) refuse(usage, 'A folder or a model of the hub is missing.')
try {
  await main(from)
} catch (error) {
  const { message, facts } = WeftError.from(error, 'tooling/manifest', 'No manifest was made.')
  console.error([message, ...facts].join('\n'))
  process.exitCode = 1
}
