import { chunkBytes, manifestCid } from '@weft/protocol'
import { expect, test } from 'vitest'
import { keepImport, matchFiles } from './import-model.ts'
import { fetchModelFiles } from './model-files.ts'
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
  const progress: number[] = []
  const match = await matchFiles(
    { files, known: [] },
    { onProgress: ({ loadedBytes }) => progress.push(loadedBytes) },
  )
  const report = await keepImport(match, chunks)
  expect(report).toEqual({ modelCid: manifestCid(manifest), manifest, missingFiles: [] })
  expect(progress.at(-1)).toBe(manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
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

test('cancel ends an import', async () => {
  const options = { signal: AbortSignal.abort() }
  const wait = matchFiles({ files: pick(sampleContent), known: [manifest] }, options)
  await expect(wait).rejects.toMatchObject({ code: 'protocol/cancelled' })
})
