/**
 * What a server's answer to a request for a file means: go on, ask again later, or ask elsewhere.
 * @module
 */
import { chunkBytes, type ManifestFile, WeftError } from '@weft/protocol'

/** Why a server did not deliver, and whether asking it again may help. */
export class Fault extends Error {
  readonly error: WeftError
  /** Null when the same question would get the same answer. */
  readonly retryAfterMs: number | null

  constructor(error: WeftError, retryAfterMs: number | null) {
    super(error.message)
    this.error = error
    this.retryAfterMs = retryAfterMs
  }
}

/** Deadlines in milliseconds. */
export type DownloadTiming = {
  /** A server that sends nothing for this long has failed; the whole may take as long as it takes. */
  stallMs: number
  /** Before asking again after a break; doubles with every break that brought nothing. */
  retryMs: number
  /** A server that asks for a longer pause is not waited for. */
  maxPauseMs: number
}

export const usualTiming: DownloadTiming = { stallMs: 30_000, retryMs: 500, maxPauseMs: 60_000 }

type Asked = { file: ManifestFile; url: URL }

/** @throws Fault unless the answer promises bytes of the file */
export function judge(
  response: Response,
  { file, url, timing }: Asked & { timing: DownloadTiming },
): void {
  const { status, headers } = response
  const facts = [`From: ${url.href}`, `Status: ${`${status} ${response.statusText}`.trim()}`]
  const give = (code: string, message: string, retryAfterMs: number | null) =>
    new Fault(new WeftError(`storage/${code}`, message, { facts }), retryAfterMs)
  if (status === 401 || status === 403) {
    throw give(
      'refused',
      `${url.host} does not give out ${file.path}: it may ask for an account or a licence first.`,
      null,
    )
  }
  if (status === 404 || status === 410) {
    throw give(
      'not-found',
      `${url.host} does not have ${file.path}: the list of models may be out of date.`,
      null,
    )
  }
  if (status === 416) throw new Fault(wrongSize(file, url), null)
  if (status === 429 || status === 503) {
    const pauseMs = readRetryAfter(headers.get('retry-after')) ?? timing.retryMs
    const words =
      pauseMs > timing.maxPauseMs
        ? `${url.host} asks to wait ${Math.ceil(pauseMs / 60_000)} minutes. Try again then.`
        : `${url.host} is too busy to send ${file.path}. Try again later.`
    throw give('server-busy', words, pauseMs > timing.maxPauseMs ? null : pauseMs)
  }
  if (status >= 500) {
    throw give('download', `${url.host} has a problem of its own. Try again.`, timing.retryMs)
  }
  if (status !== 200 && status !== 206) {
    throw give('download', `${url.host} did not send ${file.path}.`, null)
  }
  if (headers.get('content-type')?.startsWith('text/html')) {
    throw give(
      'not-a-file',
      `${url.host} sent a web page instead of ${file.path}. A network with a login page does that: open any page in a tab, then try again.`,
      null,
    )
  }
}

/** A part from elsewhere would only fail its hash; this says why. The header may be hidden by CORS. */
export function checkRange(
  response: Response,
  { file, url, first }: Asked & { first: number },
): void {
  const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')
  const start = Number(range?.[1] ?? first * chunkBytes)
  if (start === first * chunkBytes) return
  throw new Fault(
    new WeftError('storage/download', `${url.host} sent another part of ${file.path}.`, {
      facts: [`From: ${url.href}`, `Asked for byte ${first * chunkBytes}, got ${start}`],
    }),
    null,
  )
}

/** @returns milliseconds; null without the header. Its value is seconds or a date. */
function readRetryAfter(value: string | null): number | null {
  if (value === null) return null
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - Date.now())
}

export function wrongSize(file: ManifestFile, url: URL): WeftError {
  return new WeftError('storage/wrong-hash', `The file ${file.path} is not what it should be.`, {
    facts: [`From: ${url.href}`, `Expected ${file.sizeBytes} bytes; the size differs.`],
  })
}
