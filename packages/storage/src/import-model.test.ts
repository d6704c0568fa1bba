import { chunkBytes, manifestCid } from '@weft/protocol'
import { expect, test } from 'vitest'
import { keepImport, matchFiles } from './import-model.ts'
import { fetchModelFiles, type ModelProgress, totalBytes } from './model-files.ts'
import { createMemoryChunks, hashesOf, sampleContent, sampleManifest } from './testing/samples.ts'

const manifest = sampleManifest()
const graph = 'onnx/model.onnx'

/** As a file picker gives single files: by their names, without folders. */
function pick(content: ReadonlyMap<string, Uint8Array>): File[] {
  return [...content].map(([path, bytes]) => {
    return new File([new Uint8Array(bytes)], path.split('/').at(-1) ?? path)
  })
}

const manifestFile = (json: string) => new File([json], 'manifest.json')

function changed(path: string, change: (bytes: Uint8Array) => void): Map<string, Uint8Array> {
  const bytes = sampleContent.get(path)?.slice() ?? new Uint8Array()
  change(bytes)
  return new Map([...sampleContent, [path, bytes]])
}

test('a folder with its manifest is kept whole, and is read without a server', async () => {
  const chunks = createMemoryChunks()
  const files = [...pick(sampleContent), manifestFile(JSON.stringify(manifest))]
  const progress: ModelProgress[] = []
  const options = { onProgress: (each: ModelProgress) => void progress.push(each) }
  const match = await matchFiles({ files, known: [] }, options)
  const report = await keepImport(match, chunks, options)
  expect(report).toEqual({ modelCid: manifestCid(manifest), manifest, missingFiles: [] })
  const bytes = 2 * totalBytes(manifest)
  expect(progress.at(-1)).toEqual({ loadedBytes: bytes, totalBytes: bytes })
  expect(new Set(progress.map((each) => each.totalBytes))).toEqual(new Set([bytes]))
  expect(new Set(progress.map((each) => each.loadedBytes)).size).toBe(progress.length)
  const read = await fetchModelFiles({ manifest, sources: [], chunks })
  expect(hashesOf(read)).toEqual(hashesOf(sampleContent))
})

test('files without a manifest are known by their content, whatever their names', async () => {
  const other = sampleManifest(
    changed('config.json', (bytes) => bytes.fill(32)),
    'Other',
  )
  const files = pick(sampleContent).map((file, index) => new File([file], `renamed-${index}`))
  const match = await matchFiles({ files, known: [other, manifest] }, {})
  expect(match).toMatchObject({ manifest: { name: 'Sample' }, missingFiles: [] })
})

test('weights alone are kept; the report says what is still to be fetched', async () => {
  const weights = new Map([...sampleContent].filter(([path]) => path === graph))
  const match = await matchFiles({ files: pick(weights), known: [manifest] }, {})
  const { missingFiles } = await keepImport(match, createMemoryChunks())
  expect(missingFiles).toEqual(['config.json', 'tokenizer.json', 'tokenizer_config.json'])
})

test('a file that differs from its manifest is named with the chunk', async () => {
  const content = changed(graph, (bytes) => bytes.fill(0, 2 * chunkBytes, 2 * chunkBytes + 4))
  const files = [...pick(content), manifestFile(JSON.stringify(manifest))]
  const wait = matchFiles({ files, known: [] }, {})
  await expect(wait).rejects.toMatchObject({
    code: 'storage/wrong-hash',
    message: expect.stringContaining(graph),
    facts: [expect.stringContaining('Chunk 2')],
  })
})

test('a file that changes between two readings is not kept', async () => {
  const match = await matchFiles({ files: pick(sampleContent), known: [manifest] }, {})
  const swapped = new File([new Uint8Array(3.5 * chunkBytes)], 'model.onnx')
  const found = match.found.map(({ file, source }) => ({
    file,
    source: file.path === graph ? swapped : source,
  }))
  await expect(keepImport({ ...match, found }, createMemoryChunks())).rejects.toMatchObject({
    code: 'storage/wrong-hash',
  })
})

test.each([
  [
    'a folder that lacks a file',
    [...pick(sampleContent).slice(1), manifestFile(JSON.stringify(manifest))],
    'storage/import',
    'config.json',
  ],
  ['a manifest that is none', [manifestFile('{"version": 1}')], 'storage/bad-manifest', ''],
  ['a manifest that is no JSON', [manifestFile('<html>')], 'storage/bad-manifest', ''],
  [
    'files of no known model',
    [new File(['hello'], 'hello.txt')],
    'storage/import',
    'manifest.json',
  ],
])('%s is refused with a reason', async (_, files, code, fact) => {
  const wait = matchFiles({ files, known: [] }, {})
  await expect(wait).rejects.toMatchObject({ code })
  await expect(wait).rejects.toSatisfy((error: { facts: string[] }) =>
    error.facts.join().includes(fact),
  )
})

test('cancel ends an import, while it checks and while it keeps', async () => {
  const files = pick(sampleContent)
  const aborted = { signal: AbortSignal.abort() }
  const wait = matchFiles({ files, known: [manifest] }, aborted)
  await expect(wait).rejects.toMatchObject({ code: 'protocol/cancelled' })

  const match = await matchFiles({ files, known: [manifest] }, {})
  const controller = new AbortController()
  const chunks = createMemoryChunks()
  const keeping = keepImport(match, chunks, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  })
  await expect(keeping).rejects.toMatchObject({ code: 'protocol/cancelled' })
  expect((await chunks.sizes()).size).toBe(1)
})

test('what is kept already is not written again, unless it went bad', async () => {
  const chunks = createMemoryChunks()
  const match = await matchFiles({ files: pick(sampleContent), known: [manifest] }, {})
  await keepImport(match, chunks)
  const [bad = ''] = manifest.files[0]?.chunks ?? []
  await chunks.put(bad, new Uint8Array(manifest.files[0]?.sizeBytes ?? 0))
  const written: string[] = []
  await keepImport(match, {
    ...chunks,
    put: (hash, bytes) => {
      written.push(hash)
      return chunks.put(hash, bytes)
    },
  })
  expect(written).toEqual([bad])
})

test('a manifest without any of its files is refused, also one of a known model', async () => {
  const files = [manifestFile(JSON.stringify(manifest))]
  await expect(matchFiles({ files, known: [manifest] }, {})).rejects.toMatchObject({
    code: 'storage/import',
    facts: [expect.stringContaining(graph), expect.stringContaining('Choose the whole folder')],
  })
})
