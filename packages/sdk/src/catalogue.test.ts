import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { fetchCatalogue, findEntry, findPart } from './catalogue.ts'
import { fitsDevice } from './fits-device.ts'

const folder = new URL('../../../public/models/', import.meta.url)
/** What the server answers instead, by path; null never answers. */
const broken = new Map<string, string | null>()
const server = createServer(async (request, response) => {
  const instead = broken.get(request.url ?? '')
  if (instead === null) return
  if (instead !== undefined) return response.writeHead(200).end(instead)
  const path = request.url?.replace(/^\/models\//, '') ?? ''
  const bytes = await readFile(new URL(path, folder)).catch(() => undefined)
  response.writeHead(bytes ? 200 : 404).end(bytes)
})
let origin: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => broken.clear())
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('the list of this site: what can be loaded, and what waits for a manifest', async () => {
  const { curated, entries } = await fetchCatalogue(`${origin}/models/`)
  const [bobbin] = entries
  expect(bobbin).toMatchObject({
    manifest: { id: 'weft/bobbin-2m' },
    sources: [`${origin}/models/bobbin/`],
    needs: { backends: ['webgpu', 'wasm'], downloadBytes: expect.any(Number) },
  })
  expect(findEntry(entries, bobbin?.modelCid ?? '')).toBe(bobbin)
  const ready = curated.flatMap(({ variants }) => variants).filter(({ modelCid }) => modelCid)
  expect(ready.map(({ modelCid }) => modelCid)).toEqual(entries.map(({ modelCid }) => modelCid))
  expect(ready.every(({ isApproximate }) => !isApproximate)).toBe(true)
  expect(curated.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Bobbin', 'SmolLM2 135M', 'Qwen3 0.6B', 'Phi-4 mini']),
  )
})

test('a small phone and a laptop are told different things about the models on it', async () => {
  const { curated } = await fetchCatalogue(`${origin}/models/`)
  const phone = { gpu: null, memoryBytes: 2e9, freeStorageBytes: 10e9 }
  const features = ['shader-f16']
  const gpu = { name: '', features, maxBufferBytes: 2 ** 31, isSoftware: false }
  const laptop = { gpu, memoryBytes: 8e9, freeStorageBytes: 100e9 }
  const runsOn = (device: typeof phone | typeof laptop) =>
    curated
      .filter(({ variants }) => variants.some(({ needs }) => fitsDevice(needs, device).runs))
      .map(({ name }) => name)
  expect(runsOn(phone)).toEqual(expect.arrayContaining(['Bobbin', 'SmolLM2 135M']))
  expect(runsOn(phone)).not.toContain('Phi-4 mini')
  expect(runsOn(laptop)).toContain('Phi-4 mini')
})

test('a site without a list says which address failed', async () => {
  await expect(fetchCatalogue(`${origin}/nothing/`)).rejects.toMatchObject({
    code: 'sdk/catalogue',
    message: `The model list at ${origin}/nothing/catalogue.json cannot be read.`,
  })
})

test.each([
  ['no JSON', '<html>'],
  ['no manifest', '{"version":1}'],
  ['silence', null],
])('a manifest that is %s is a problem of its variant alone', async (_, instead) => {
  const whole = await fetchCatalogue(`${origin}/models/`)
  const path = '/models/bobbin/manifest.json'
  broken.set(path, instead)
  const { curated, entries, problems } = await fetchCatalogue(`${origin}/models/`, {
    deadlineMs: 500,
  })
  expect(problems).toMatchObject([
    {
      id: 'weft/bobbin-2m',
      name: 'Bobbin',
      error: {
        code: 'sdk/catalogue',
        message: `The manifest at ${origin}${path} cannot be read.`,
      },
    },
  ])
  expect(entries).toEqual(whole.entries.filter(({ manifest }) => manifest.id !== 'weft/bobbin-2m'))
  expect(curated.map(({ name }) => name)).toEqual(
    whole.curated.map(({ name }) => name).filter((name) => name !== 'Bobbin'),
  )
})

const partPath = (part: number) => `bobbin-split/part-${part}/manifest.json`

test('the parts of a model, each with the folder of its files', async () => {
  const [bobbin] = (await fetchCatalogue(`${origin}/models/`)).entries
  if (!bobbin) throw new Error('no model')
  expect(bobbin.parts).toMatchObject([
    { manifest: { part: 0, parts: 2 }, sources: [`${origin}/models/bobbin-split/part-0/`] },
    { manifest: { part: 1, parts: 2 }, sources: [`${origin}/models/bobbin-split/part-1/`] },
  ])
  expect(findPart(bobbin, 1)).toBe(bobbin.parts[1])
  expect(() => findPart(bobbin, 2)).toThrow('does not offer this part')
})

test.each([
  ['no JSON', async () => '<html>'],
  ['another part', () => readFile(new URL(partPath(0), folder), 'utf8')],
  ['a whole model', () => readFile(new URL('bobbin/manifest.json', folder), 'utf8')],
])('a part that is %s leaves the model whole and without parts', async (_, read) => {
  broken.set(`/models/${partPath(1)}`, await read())
  const { entries, problems } = await fetchCatalogue(`${origin}/models/`)
  expect(entries[0]).toMatchObject({ manifest: { id: 'weft/bobbin-2m' }, parts: [] })
  expect(problems).toEqual([])
})

test.each(['<html>', '{"models":[]}'])('a list that is no list is refused: %s', async (instead) => {
  broken.set('/models/catalogue.json', instead)
  await expect(fetchCatalogue(`${origin}/models/`)).rejects.toMatchObject({
    code: 'sdk/catalogue',
    message: `The model list at ${origin}/models/catalogue.json cannot be read.`,
  })
})

test('a model that is not on the list is named', () => {
  expect(() => findEntry([], 'bafy')).toThrow('This site does not know that model.')
})
