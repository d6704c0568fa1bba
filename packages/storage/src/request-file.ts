/**
 * Asks one server for a file, from a chunk on, and judges the answer before a byte of it counts.
 * @module
 */
import { chunkBytes, type ManifestFile, WeftError } from '@weft/protocol'
import { checkRange, type DownloadTiming, Fault, judge } from './judge-answer.ts'

export type FileRequest = {
  file: ManifestFile
  url: URL
  /** Chunks wanted, the end not included. */
  first: number
  end: number
}

type Answer = {
  /** The chunk at which `parts` begin: `first`, or 0 from a server that does not know ranges. */
  first: number
  parts: AsyncIterable<Uint8Array>
}

/**
 * The `parts` must be read to their end or left by `break`, which closes the connection.
 * @throws Fault; whatever an aborted `signal` brings
 */
export async function requestFile(
  { file, url, first, end }: FileRequest,
  { signal, timing }: { signal: AbortSignal | undefined; timing: DownloadTiming },
): Promise<Answer> {
  const patience = createPatience(timing.stallMs, signal)
  const whole = first === 0 && end === file.chunks.length
  const range = `bytes=${first * chunkBytes}-${Math.min(end * chunkBytes, file.sizeBytes) - 1}`
  let response: Response | undefined
  try {
    response = await fetch(url, {
      signal: patience.signal,
      // Chunks are kept by hash; a damaged copy in the HTTP cache would come back for ever.
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      ...(whole ? {} : { headers: { Range: range } }),
    })
    patience.renew()
    judge(response, { file, url, timing })
    const isPart = response.status === 206
    if (isPart) checkRange(response, { file, url, first })
    return { first: isPart ? first : 0, parts: readBody(response, url, patience) }
  } catch (cause) {
    patience.end()
    response?.body?.cancel().catch(() => {})
    throw toFault(cause, url, patience)
  }
}

async function* readBody(
  response: Response,
  url: URL,
  patience: Patience,
): AsyncIterable<Uint8Array> {
  const reader = response.body?.getReader()
  try {
    while (reader) {
      const { done, value } = await reader.read()
      if (done) return
      // Whoever reads these parts may take its time.
      patience.end()
      yield value
      patience.renew()
    }
  } catch (cause) {
    throw toFault(cause, url, patience)
  } finally {
    patience.end()
    await reader?.cancel().catch(() => {})
  }
}

type Patience = ReturnType<typeof createPatience>

/** A deadline that begins anew whenever something came. */
function createPatience(stallMs: number, signal: AbortSignal | undefined) {
  const stalled = new AbortController()
  const start = () => setTimeout(() => stalled.abort(), stallMs)
  let timer = start()
  return {
    stallMs,
    signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    hasEnded: () => stalled.signal.aborted,
    isCancelled: () => signal?.aborted === true,
    renew() {
      clearTimeout(timer)
      timer = start()
    },
    end: () => clearTimeout(timer),
  }
}

function toFault(cause: unknown, url: URL, patience: Patience): unknown {
  if (cause instanceof Fault || patience.isCancelled()) return cause
  const facts = [`From: ${url.href}`]
  if (patience.hasEnded()) {
    facts.push(`Nothing came for ${patience.stallMs / 1000} seconds.`)
    return new Fault(
      new WeftError('storage/download', `${url.host} stopped sending. Try again.`, { facts }),
      0,
    )
  }
  const isOffline = globalThis.navigator?.onLine === false
  const message = isOffline
    ? 'This device is offline. What has arrived is kept; try again with a connection.'
    : `The connection to ${url.host} failed. What has arrived is kept; try again.`
  facts.push(cause instanceof Error ? cause.message : String(cause))
  return new Fault(new WeftError('storage/download', message, { facts, cause }), 0)
}
