import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchCatalogue, findEntry } from './catalogue.ts'
import { fitsDevice } from './fits-device.ts'

const folder = new URL('../../../public/models/', import.meta.url)
const server = createServer(async (request, response) => {
  const path = request.url?.replace(/^\/models\//, '') ?? ''
  const bytes = await readFile(new URL(path, folder)).catch(() => undefined)
  response.writeHead(bytes ? 200 : 404).end(bytes)
})
let origin: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

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

test('a model that is not on the list is named', () => {
  expect(() => findEntry([], 'bafy')).toThrow('This site does not know that model.')
})
