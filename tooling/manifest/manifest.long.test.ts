import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeModel, tensorType } from '@weft/engine/local'
import {
  buildModel,
  buildWeights,
  defaultRecipe,
  graphPath,
  type Recipe,
} from '@weft/engine/testing'
import { chunkBytes, type Manifest, manifestSchema, parse } from '@weft/protocol'
import { type CatalogueFile, catalogueFileSchema } from '@weft/sdk/catalogue-file'
import { type HubServer, openHubServer } from '@weft/storage/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildEncoder } from '../../packages/engine/src/testing/build-encoder.ts'
import { sourceOrigins } from '../source-origins.ts'
import { chooseFiles } from './choose-files.ts'
import { licenceOfCard } from './licence.ts'
import { weighModel } from './weigh-model.ts'

/** A tool is a process that loads onnxruntime; on a busy machine that takes seconds. */
const slowMs = 60_000
const tool = fileURLToPath(new URL('../manifest.ts', import.meta.url))
const ownCatalogue = fileURLToPath(new URL('../../public/models/catalogue.json', import.meta.url))
const id = 'someone/Tiny-Instruct'
const sha = '5'.repeat(40)
const recipe: Recipe = { ...defaultRecipe, dtype: 'q4', externalData: true }
/** Three chunks, so that there is something to break off in. */
const content = new Map([
  ...buildModel({ ...recipe, shape: { ...recipe.shape, width: 128, mlp: 512, layers: 6 } }),
  ['README.md', new TextEncoder().encode('---\nlicense: apache-2.0\n---\n')],
])
const weights = `${graphPath(recipe)}_data`

let hub: HubServer
let place: string
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'weft-manifest-'))
  hub = await openHubServer({ id, sha, licence: 'llama3.2', files: content })
})
afterEach(() => hub.reset())
afterAll(async () => {
  await hub.close()
  rmSync(place, { recursive: true })
})

type Ran = { code: number; output: string; errors: string }

function runTool(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [tool, ...args], (error, output, errors) => {
      resolve({ code: Number(error?.code ?? 0), output, errors })
    })
  })
}

const run = (...flags: string[]) =>
  runTool(id, '--hub', hub.origin, '--out', join(place, 'hub'), ...flags)

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(place, path), 'utf8'))

describe('a model on a hub', { timeout: slowMs }, () => {
  test('gets a manifest, also over a line that breaks, and a place on the site', async () => {
    writeFileSync(join(place, 'catalogue.json'), readFileSync(ownCatalogue))
    hub.fail(weights, { kind: 'break', atByte: 1.5 * chunkBytes })
    const { code, output, errors } = await run('--dtype', 'q4', '--add', '--models', place)
    expect(errors).not.toMatch(/^Error|No manifest/m)
    expect(code).toBe(0)
    const ranges = hub.requests.filter(({ path }) => path === weights).map(({ range }) => range)
    expect(ranges).toHaveLength(2)
    expect(ranges[1]).toMatch(/^bytes=\d+-$/)

    const json = readJson('someone/Tiny-Instruct/q4/manifest.json')
    const manifest: Manifest = parse('manifest', manifestSchema, json)
    expect(output).toContain('someone/Tiny-Instruct')
    expect(manifest).toMatchObject({ id, name: 'Tiny-Instruct', licence: 'LicenseRef-llama3.2' })
    expect(manifest.files.map(({ path }) => path)).toContain(weights)
    expect(manifest.files.map(({ path }) => path)).not.toContain('README.md')
    const catalogue: CatalogueFile = parse('list', catalogueFileSchema, readJson('catalogue.json'))
    expect(catalogue.models.at(-1)?.variants).toMatchObject([
      { dtype: 'q4', manifest: 'someone/Tiny-Instruct/q4/manifest.json', sources: [hub.source] },
    ])

    expect(sourceOrigins(join(place, 'catalogue.json'))).toEqual([hub.origin])

    // What came stays: the second time nothing is fetched, and nothing doubles on the site.
    hub.reset()
    const again = await run('--dtype', 'q4', '--add', '--models', place)
    expect(again.output).toBe(output)
    expect(hub.requests).toEqual([])
    expect(readJson('catalogue.json')).toEqual(catalogue)
  })

  test('that sends damaged bytes gives no manifest', async () => {
    hub.fail(weights, { kind: 'flip', atByte: 77 })
    const { code, errors } = await run('--dtype', 'q4', '--out', join(place, 'damaged'))
    expect(code).toBe(1)
    expect(errors).toContain(`${weights} is not what the hub says it is`)
  })

  test.each([
    [
      ['--dtype', 'fp16'],
      /There is no graph onnx\/model_fp16\.onnx\.\nGraphs there: onnx\/model_q4\.onnx/,
    ],
    [['--dtype', 'bnb4'], /bnb4 uses an operator that no runtime in a browser has/],
    [['--graph', 'onnx/other.onnx'], /There is no graph onnx\/other\.onnx/],
  ])('%s is refused with a reason', async (flags, words) => {
    const { code, errors } = await run(...flags)
    expect(code).toBe(1)
    expect(errors).toMatch(words)
  })

  test('that does not exist says so', async () => {
    const { errors } = await runTool('nobody/nothing', '--hub', hub.origin)
    expect(errors).toMatch(/answered 404.*Check the name and the revision/)
  })
})

function writeFolder(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const folder = join(place, name)
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  return folder
}

test('a folder is put on the site where the site serves it, or with a source', {
  timeout: slowMs,
}, async () => {
  const bare = ['--licence', 'MIT', '--dtype', 'q4', '--add', '--models', join(place, 'site')]
  const flags = (id: string, ...more: string[]) => ['--id', id, ...bare, ...more]
  const elsewhere = writeFolder('elsewhere', content)
  const served = writeFolder('site/served', content)
  writeFileSync(join(place, 'site/catalogue.json'), readFileSync(ownCatalogue))

  const refused = await runTool(elsewhere, ...flags('one/Same'))
  expect(refused.code).toBe(1)
  expect(refused.errors).toMatch(/^Nothing says where people's browsers get the files/)
  expect(existsSync(join(elsewhere, 'manifest.json'))).toBe(false)

  const source = 'https://files.example/same'
  expect((await runTool(elsewhere, ...flags('one/Same', '--source', source))).errors).toBe('')
  expect((await runTool(served, ...flags('two/Same'))).errors).toBe('')
  const catalogue = parse('list', catalogueFileSchema, readJson('site/catalogue.json'))
  expect(catalogue.models.slice(-2).map(({ variants }) => variants[0])).toMatchObject([
    { manifest: 'one/Same/q4/manifest.json', sources: [`${source}/`] },
    { manifest: 'two/Same/q4/manifest.json', sources: ['served/'] },
  ])
  expect(readJson('site/one/Same/q4/manifest.json')).toMatchObject({ id: 'one/Same' })
})

test('a folder of sentence-transformers gets the manifest of a model of vectors', {
  timeout: slowMs,
}, async () => {
  const files = buildEncoder({ poolingMode: 'pooling_mode_mean_tokens' })
  const folder = writeFolder('encoder', files)
  const flags = ['--id', 'weft/vectors', '--name', 'Vectors', '--licence', 'Apache-2.0']
  const { code, errors } = await runTool(folder, ...flags)
  expect(errors).toBe('')
  expect(code).toBe(0)
  const manifest = parse('manifest', manifestSchema, readJson('encoder/manifest.json'))
  expect(manifest).toMatchObject({ task: 'embedding', contextTokens: 32, licence: 'Apache-2.0' })
  expect(manifest.files.map(({ path }) => path)).toContain('1_Pooling/config.json')
})

describe('parameters and memory are counted in the graph', () => {
  const expected = [...buildWeights(defaultRecipe).values()]
    .map(({ dims }) => dims.reduce((product, length) => product * length, 1))
    .reduce((sum, count) => sum + count, 0)

  test.each(['fp32', 'fp16', 'q8', 'q8w', 'q4', 'q4f16'] as const)('%s', (dtype) => {
    for (const attention of ['concat', 'gqa'] as const) {
      const variant = { ...defaultRecipe, dtype, attention }
      const files = buildModel(variant)
      const { parameters, weightBytes } = weighModel(files, graphPath(variant))
      expect(parameters).toBe(expected)
      expect(weightBytes).toBe(heldBytes(files.get(graphPath(variant)) ?? new Uint8Array()))
    }
  })

  test('scales of blocks are no parameters, but bytes', () => {
    const variant = { ...defaultRecipe, dtype: 'q4' } as const
    const { weightBytes } = weighModel(buildModel(variant), graphPath(variant))
    const matrices = [...buildWeights(variant)]
      .filter(([name, { dims }]) => dims.length === 2 && !name.includes('embed_tokens'))
      .reduce((sum, [, { data }]) => sum + data.length, 0)
    const scaleBytes = (matrices / 32) * 4
    expect(weightBytes).toBeGreaterThan(matrices / 2 + scaleBytes + 4 * (expected - matrices))
  })
})

/** Bytes of a graph's tensors as they lie in it, and four for each int8 that becomes a float. */
function heldBytes(graphBytes: Uint8Array): number {
  const { initializer, node } = decodeModel(graphBytes).graph
  const bytes = new Map(
    initializer
      .filter(({ dataType }) => dataType !== tensorType.int64 && dataType !== tensorType.int32)
      .map(({ name, rawData = new Uint8Array() }) => [name, rawData.length]),
  )
  for (const { opType, input } of node) {
    const [levels = '', ...others] = input
    if (opType !== 'DequantizeLinear' || !bytes.has(levels)) continue
    bytes.set(levels, 4 * (bytes.get(levels) ?? 0))
    for (const name of others) bytes.delete(name)
  }
  return [...bytes.values()].reduce((sum, length) => sum + length, 0)
}

test('the graph of a dtype, with its external data, and what a tokenizer needs', () => {
  const paths = [
    'README.md',
    'config.json',
    'tokenizer.json',
    'onnx/model.onnx',
    'onnx/model_q4f16.onnx',
    'onnx/model_q4f16.onnx_data',
    'onnx/model_q4f16.onnx_data_1',
  ]
  expect(chooseFiles(paths, { asked: 'q4f16', graph: undefined })).toEqual({
    dtype: 'q4f16',
    graph: 'onnx/model_q4f16.onnx',
    paths: [
      'config.json',
      'onnx/model_q4f16.onnx',
      'onnx/model_q4f16.onnx_data',
      'onnx/model_q4f16.onnx_data_1',
      'tokenizer.json',
    ],
  })
})

test('a licence is read from the front matter of a card', () => {
  expect(licenceOfCard('---\nlanguage: en\nlicense: apache-2.0\n---\n# A')).toBe('Apache-2.0')
  expect(licenceOfCard('---\nlicense: gemma\n---\n')).toBe('LicenseRef-gemma')
  expect(licenceOfCard('# No front matter\nlicense: mit')).toBeUndefined()
})
