/**
 * Downloads what is missing of one file: places in order, breaks mended at the chunk, every chunk
 * checked before it counts.
 * @module
 */
import { CancelledError, type ManifestFile, WeftError } from '@weft/protocol'
import { cutChunks, sha256Hex } from './chunks.ts'
import { type DownloadTiming, Fault, wrongSize } from './judge-answer.ts'
import { requestFile } from './request-file.ts'

export type DownloadInit = {
  file: ManifestFile
  /** Folders that hold the model, absolute, ending in `/`; asked in this order. */
  sources: readonly string[]
  /** Chunks to fetch; each leaves the set when it has arrived. */
  missing: Set<number>
  /** Takes a chunk that has the right hash. */
  keep: (index: number, bytes: Uint8Array) => Promise<void>
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
  while (init.missing.size > 0) {
    const before = init.missing.size
    try {
      await downloadRun(url, init, options)
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.retryAfterMs === null) throw fault
      breaks = init.missing.size < before ? 1 : breaks + 1
      if (breaks === maxBreaks) throw fault
      const pauseMs = options.timing.retryMs * 2 ** (breaks - 1)
      await pause(Math.max(pauseMs, fault.retryAfterMs), options.signal)
    }
  }
}

/** One request: from the first chunk that is missing to the next one that is not. */
async function downloadRun(
  url: URL,
  { file, missing, keep }: DownloadInit,
  options: DownloadOptions,
): Promise<void> {
  const first = Math.min(...missing)
  let end = first
  while (missing.has(end)) end += 1
  const answer = await requestFile({ file, url, first, end }, options)
  for await (const { index, bytes } of cutChunks(file, answer.parts, answer.first)) {
    if (missing.has(index)) {
      const actual = await sha256Hex(bytes)
      if (actual !== file.chunks[index]) throw wrongChunk({ file, url, index, actual })
      await keep(index, bytes)
      missing.delete(index)
    }
    // What a server without ranges sends on is taken as it comes.
    if (index + 1 === end && answer.first === first) return
  }
  if (missing.has(end - 1)) throw new Fault(wrongSize(file, url), 0)
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
  if (failures.length === 0) {
    return new WeftError('storage/no-source', `Nothing says where to fetch ${file.path} from.`, {
      facts: ['Import the model from its folder again.'],
    })
  }
  const { code } = failures.find((error) => error.code === 'storage/wrong-hash') ?? {
    code: 'storage/download',
  }
  const message = `None of ${failures.length} places gave ${file.path}. What has arrived is kept.`
  const facts = failures.flatMap((error) => [error.message, ...error.facts])
  return new WeftError(code, message, { facts })
}

function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, durationMs)
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
