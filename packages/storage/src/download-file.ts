/**
 * Downloads what is missing of one file: places in order, breaks mended at the chunk, every chunk
 * checked before it counts.
 * @module
 */
import { CancelledError, type ManifestFile, pause, WeftError } from '@weft/protocol'
import { cutChunks, sha256Hex } from './chunks.ts'
import { type DownloadTiming, Fault, wrongSize } from './judge-answer.ts'
import { requestFile } from './request-file.ts'

/** What of a file is to be fetched; others may bring parts of it meanwhile. */
export type FileWants = {
  /** Chunks that are missing. */
  count(): number
  isWanted(index: number): boolean
  /** Chunks to ask for next, the end not included; undefined when there are none now. */
  nextRun(): { first: number; end: number } | undefined
  /** Takes a chunk that has the right hash. */
  keep(index: number, bytes: Uint8Array): Promise<void>
  /** Whether a run that has come to this chunk goes on with it. */
  goesOn(index: number, end: number): boolean
}

export type DownloadInit = {
  file: ManifestFile
  /** Folders that hold the model, absolute, ending in `/`; asked in this order; at least one. */
  sources: readonly string[]
  wants: FileWants
}

export type DownloadOptions = { signal: AbortSignal | undefined; timing: DownloadTiming }

/** Breaks in a row without one new chunk, until a place is given up. */
const maxBreaks = 4

/**
 * @throws WeftError `storage/wrong-hash`, `storage/not-found`, `storage/refused`,
 *   `storage/server-busy`, `storage/not-a-file`, `storage/download`, `protocol/cancelled`
 */
export async function downloadFile(init: DownloadInit, options: DownloadOptions): Promise<void> {
  const { file, sources } = init
  const failures: WeftError[] = []
  try {
    for (const source of sources) {
      try {
        return await downloadFrom(new URL(file.path, source), init, options)
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault
        failures.push(fault.error)
      }
    }
  } catch (cause) {
    if (options.signal?.aborted) {
      throw new CancelledError({ subject: `Downloading ${file.path}`, cause })
    }
    throw WeftError.from(cause, 'storage/download', `Downloading ${file.path} failed. Try again.`)
  }
  const [first] = failures
  if (first && failures.length === 1) throw first
  throw nowhere(file, failures)
}

/** @throws Fault when this place cannot give what is missing */
async function downloadFrom(url: URL, init: DownloadInit, options: DownloadOptions): Promise<void> {
  let breaks = 0
  for (;;) {
    const before = init.wants.count()
    const run = init.wants.nextRun()
    if (!run) return
    try {
      await downloadRun({ url, ...run }, init, options)
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.retryAfterMs === null) throw fault
      breaks = init.wants.count() < before ? 1 : breaks + 1
      if (breaks === maxBreaks) throw fault
      const pauseMs = options.timing.retryMs * 2 ** (breaks - 1)
      await pause(Math.max(pauseMs, fault.retryAfterMs), options.signal)
      options.signal?.throwIfAborted()
    }
  }
}

type Run = { url: URL; first: number; end: number }

/** One request. */
async function downloadRun(
  { url, first, end }: Run,
  { file, wants }: DownloadInit,
  options: DownloadOptions,
): Promise<void> {
  const answer = await requestFile({ file, url, first, end }, options)
  for await (const { index, bytes } of cutChunks(file, answer.parts, answer.first)) {
    if (wants.isWanted(index)) {
      const actual = await sha256Hex(bytes)
      if (actual !== file.chunks[index]) throw wrongChunk({ file, url, index, actual })
      await wants.keep(index, bytes)
    }
    // What a server without ranges sends on is taken as it comes.
    const next = index + 1
    if (answer.first === first && (next === end || !wants.goesOn(next, end))) return
  }
  if (wants.isWanted(end - 1)) throw new Fault(wrongSize(file, url), 0)
}

function wrongChunk({
  file,
  url,
  index,
  actual,
}: {
  file: ManifestFile
  url: URL
  index: number
  actual: string
}): Fault {
  const message = `The file ${file.path} is not what it should be.`
  const facts = [
    `From: ${url.href}`,
    `Chunk ${index}: expected SHA-256 ${file.chunks[index]}, got ${actual}`,
    'Nothing of it was used. The copy on the server is damaged or was changed.',
  ]
  return new Fault(new WeftError('storage/wrong-hash', message, { facts }), null)
}

/** Several places, each with its own reason; a wrong hash is the gravest and names the whole. */
function nowhere(file: ManifestFile, failures: WeftError[]): WeftError {
  const { code } = failures.find((error) => error.code === 'storage/wrong-hash') ?? {
    code: 'storage/download',
  }
  const message = `None of ${failures.length} places gave ${file.path}. What has arrived is kept.`
  const facts = failures.flatMap((error) => [error.message, ...error.facts])
  return new WeftError(code, message, { facts })
}
