/**
 * Models from files of this device: which manifest they belong to, and their chunks into the store.
 * @module
 */
import {
  CancelledError,
  type Manifest,
  type ManifestFile,
  manifestCid,
  manifestSchema,
  parse,
  WeftError,
} from '@weft/protocol'
import type { ChunkStore } from './chunk-store.ts'
import { cutChunks, getWhole, sha256Hex } from './chunks.ts'
import { type ModelProgress, totalBytes } from './model-files.ts'

export type ImportModelOptions = {
  signal?: AbortSignal
  onProgress?: (progress: ModelProgress) => void
}

export type ImportReport = {
  modelCid: string
  manifest: Manifest
  /** Paths that were not among the files; they are fetched when the model is loaded. */
  missingFiles: string[]
}

/** Files that were found to be files of a manifest. */
export type Match = {
  manifest: Manifest
  found: { file: ManifestFile; source: File }[]
  missingFiles: string[]
  /** Bytes that were read to find out. */
  checkedBytes: number
}

type MatchInit = { files: readonly File[]; known: readonly Manifest[] }

/**
 * Reads every file that could belong to a manifest, once, and compares hashes. A manifest.json among
 * the files decides; without one the known manifest with most bytes among them does.
 */
export async function matchFiles(
  { files, known }: MatchInit,
  options: ImportModelOptions,
): Promise<Match> {
  const given = await readManifest(files)
  const hashed = await hashFiles(files, given ? [given] : known, options)
  if (given) {
    const match = matchManifest(given, hashed)
    const isKnown = known.some((each) => manifestCid(each) === manifestCid(given))
    checkGiven(match, hashed, isKnown)
    return match
  }
  const [best] = known
    .map((manifest) => matchManifest(manifest, hashed))
    .filter(({ manifest, found }) => found.some(({ file }) => file.path === manifest.graph))
    .sort((a, b) => foundBytes(b) - foundBytes(a))
  if (best) return best
  throw new WeftError('storage/import', 'These files are not of a model that this site knows.', {
    facts: [
      'Choose the whole folder with its manifest.json. `npm run manifest -- FOLDER` writes one.',
    ],
  })
}

/**
 * Checks once more while keeping: a file may change between two readings. Progress goes on from that of
 * `matchFiles`.
 * @throws WeftError `storage/wrong-hash`, `storage/no-space`, `storage/import`, `protocol/cancelled`;
 *   what was kept until then stays
 */
export async function keepImport(
  match: Match,
  chunks: ChunkStore,
  { signal, onProgress }: ImportModelOptions = {},
): Promise<ImportReport> {
  const { manifest, found, missingFiles, checkedBytes } = match
  let loadedBytes = checkedBytes
  const allBytes = checkedBytes + foundBytes(match)
  for (const { file, source } of found) {
    for await (const { index, bytes } of cutChunks(file, partsOf(source))) {
      if (signal?.aborted) throw cancelled()
      const hash = file.chunks[index]
      if (!hash || (await sha256Hex(bytes)) !== hash) throw notAsNamed(file.path, index)
      const isKept =
        (await getWhole(chunks, file, index)) !== undefined || (await chunks.put(hash, bytes))
      if (!isKept) throw notKept(manifest)
      loadedBytes += bytes.length
      onProgress?.({ loadedBytes, totalBytes: allBytes })
    }
  }
  return { modelCid: manifestCid(manifest), manifest, missingFiles }
}

const cancelled = () => new CancelledError({ subject: 'Importing the model' })

async function readManifest(files: readonly File[]): Promise<Manifest | undefined> {
  const file = files.find(({ name }) => name === 'manifest.json')
  if (!file) return undefined
  try {
    return parse('manifest', manifestSchema, JSON.parse(await file.text()))
  } catch (cause) {
    const facts = WeftError.is(cause) ? cause.facts : [String(cause)]
    throw new WeftError(
      'storage/bad-manifest',
      'The manifest.json in this folder is not one of Weft. `npm run manifest -- FOLDER` writes one.',
      { facts, cause },
    )
  }
}

type Hashed = { source: File; chunks: string[] }

/** Only files whose size is that of a file in a manifest are read; keeping them reads them again. */
async function hashFiles(
  files: readonly File[],
  manifests: readonly Manifest[],
  { signal, onProgress }: ImportModelOptions,
): Promise<Hashed[]> {
  const sizes = new Map(
    manifests.flatMap((manifest) => manifest.files.map((file) => [file.sizeBytes, file] as const)),
  )
  const wanted = files.filter(({ size }) => sizes.has(size))
  const progress = { loadedBytes: 0, totalBytes: 2 * sumOf(wanted) }
  const hashed: Hashed[] = []
  for (const source of wanted) {
    const file = sizes.get(source.size)
    const chunks: string[] = []
    for await (const { bytes } of file ? cutChunks(file, partsOf(source)) : []) {
      if (signal?.aborted) throw cancelled()
      chunks.push(await sha256Hex(bytes))
      progress.loadedBytes += bytes.length
      onProgress?.({ ...progress })
    }
    hashed.push({ source, chunks })
  }
  return hashed
}

function matchManifest(manifest: Manifest, hashed: readonly Hashed[]): Match {
  const found: Match['found'] = []
  const missingFiles: string[] = []
  for (const file of manifest.files) {
    const same = hashed.find(({ chunks }) => chunks.join() === file.chunks.join())
    if (same) found.push({ file, source: same.source })
    else missingFiles.push(file.path)
  }
  return { manifest, found, missingFiles, checkedBytes: sumOf(hashed.map(({ source }) => source)) }
}

/** A folder that brings its own manifest has to be what it says, and whole unless the site helps. */
function checkGiven(match: Match, hashed: readonly Hashed[], isKnown: boolean): void {
  const { manifest, found, missingFiles } = match
  for (const path of missingFiles) {
    const file = manifest.files.find((each) => each.path === path)
    const changed = hashed.find(({ source }) => isAt(source, path))
    const index = file?.chunks.findIndex((hash, at) => changed?.chunks[at] !== hash) ?? -1
    if (changed && index >= 0) throw notAsNamed(path, index)
  }
  if (missingFiles.length === 0 || (isKnown && found.length > 0)) return
  throw new WeftError('storage/import', `The folder lacks files of ${manifest.name}.`, {
    facts: [
      `Missing or of another size: ${missingFiles.join(', ')}`,
      'Nothing was kept. Choose the whole folder: manifest.json together with the files that it names.',
    ],
  })
}

/** Files of a chosen folder carry their path in it; single files carry a name only. */
function isAt(source: File, path: string): boolean {
  const at = source.webkitRelativePath || source.name
  return at === path || at.endsWith(`/${path}`) || path.endsWith(`/${at}`)
}

const foundBytes = ({ found }: Match) => sumOf(found.map(({ source }) => source))

const sumOf = (files: readonly File[]) => files.reduce((sum, { size }) => sum + size, 0)

async function* partsOf(source: File): AsyncIterable<Uint8Array> {
  const reader = source.stream().getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch (cause) {
    throw new WeftError('storage/import', `${source.name} cannot be read. Choose it again.`, {
      cause,
    })
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function notAsNamed(path: string, index: number): WeftError {
  return new WeftError('storage/wrong-hash', `The file ${path} is not what it should be.`, {
    facts: [
      `Chunk ${index} differs from the manifest: the copy in this folder is damaged or of another version.`,
    ],
  })
}

function notKept(manifest: Manifest): WeftError {
  return new WeftError('storage/no-space', `This browser could not keep ${manifest.name}.`, {
    facts: [`Bytes to keep: ${totalBytes(manifest)}`, 'Its storage is full or switched off.'],
  })
}
