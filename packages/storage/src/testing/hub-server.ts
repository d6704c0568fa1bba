/**
 * A local HTTP server laid out like the Hugging Face hub, which can be told to misbehave: file lists
 * by its API, big files behind a redirect to another path, ranges, and every fault that a download
 * meets in the field.
 * @module
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type HubRepository = {
  /** `<publisher>/<name>` */
  id: string
  /** Commit that `main` stands for. */
  sha: string
  /** As the hub names it, e.g. `apache-2.0`. */
  licence?: string
  parameters?: number
  files: ReadonlyMap<string, Uint8Array>
}

/** What goes wrong with one answer; bytes count from the start of the file. */
export type HubFault =
  | { kind: 'status'; status: number; retryAfter?: string }
  | { kind: 'web-page' }
  | { kind: 'ignore-range' }
  | { kind: 'other-range' }
  /** Breaks the connection. */
  | { kind: 'break'; atByte: number }
  /** Ends as if this were the whole file. */
  | { kind: 'end'; atByte: number }
  | { kind: 'append'; bytes: number }
  | { kind: 'flip'; atByte: number }
  /** Says that it sends `by` bytes more than it does, or fewer. */
  | { kind: 'content-length'; by: number }
  | { kind: 'stall'; atByte: number }
  | { kind: 'slow'; partBytes: number; pauseMs: number }

export type HubServer = Awaited<ReturnType<typeof openHubServer>>

/** Files over this lie on the "CDN", where the hub redirects to; it lists them by their SHA-256. */
const largeFileBytes = 4096
const pageSize = 3

export async function openHubServer(repository: HubRepository) {
  const { id, sha, files } = repository
  const requests: { path: string; range: string | undefined }[] = []
  const faults = new Map<string, { fault: HubFault; times: number }>()

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub')
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Expose-Headers', 'Content-Range, Retry-After, Link')
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    const api = `/api/models/${id}`
    if (url.pathname === api) return sendJson(response, info())
    if (url.pathname.startsWith(`${api}/revision/`)) return sendJson(response, info())
    if (url.pathname.startsWith(`${api}/tree/`)) return sendTree(response, url)
    const resolved = new RegExp(`^/${id}/resolve/[^/]+/(.+)$`).exec(url.pathname)?.[1]
    const path = resolved ?? /^\/cdn\/(.+)$/.exec(url.pathname)?.[1]
    const bytes = path === undefined ? undefined : files.get(path)
    if (path === undefined) return void response.writeHead(404).end()
    if (resolved !== undefined && bytes && bytes.length > largeFileBytes) {
      return void response.writeHead(302, { Location: `/cdn/${path}` }).end()
    }
    requests.push({ path, range: request.headers.range })
    void sendFile({ request, response, bytes, fault: takeFault(path) })
  })

  const info = () => ({
    id,
    sha,
    cardData: { license: repository.licence },
    safetensors: repository.parameters ? { total: repository.parameters } : undefined,
  })

  function sendTree(response: ServerResponse, url: URL): void {
    const start = Number(url.searchParams.get('cursor') ?? 0)
    const entries = [...files].slice(start, start + pageSize).map(([path, bytes]) => ({
      type: 'file',
      path,
      size: bytes.length,
      oid: hash('sha1', Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes])),
      ...(bytes.length > largeFileBytes ? { lfs: { oid: hash('sha256', bytes) } } : {}),
    }))
    if (start + pageSize < files.size) {
      url.searchParams.set('cursor', String(start + pageSize))
      response.setHeader('Link', `<${origin}${url.pathname}${url.search}>; rel="next"`)
    }
    sendJson(response, entries)
  }

  function takeFault(path: string): HubFault | undefined {
    const planned = faults.get(path)
    if (!planned || planned.times === 0) return undefined
    planned.times -= 1
    return planned.fault
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    /** Where the files of the repository lie, as a source of a download. */
    source: `${origin}/${id}/resolve/${sha}/`,
    /** Requests for files, redirects left out. */
    requests,
    /** The next `times` answers for `path` go wrong in this way. */
    fail(path: string, fault: HubFault, times = 1): void {
      faults.set(path, { fault, times })
    },
    /** Everything works, and no request was made. */
    reset(): void {
      faults.clear()
      requests.length = 0
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type SendInit = {
  request: IncomingMessage
  response: ServerResponse
  bytes: Uint8Array | undefined
  fault: HubFault | undefined
}

async function sendFile({ request, response, bytes, fault }: SendInit): Promise<void> {
  if (fault?.kind === 'status') {
    const { status, retryAfter } = fault
    return void response.writeHead(status, retryAfter ? { 'Retry-After': retryAfter } : {}).end()
  }
  if (fault?.kind === 'web-page') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    return void response.end('<!doctype html><title>Log in to this network</title>')
  }
  if (!bytes) return void response.writeHead(404).end()
  const { content, stop } = damage(bytes, fault)
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const isPart = asked !== null && fault?.kind !== 'ignore-range'
  const shift = fault?.kind === 'other-range' ? 1 : 0
  const start = isPart ? Number(asked[1]) + shift : 0
  const end = isPart && asked[2] ? Math.min(Number(asked[2]) + 1, content.length) : content.length
  if (start >= end) return void response.writeHead(416).end()
  if (isPart) response.setHeader('Content-Range', `bytes ${start}-${end - 1}/${content.length}`)
  if (fault?.kind === 'content-length') response.setHeader('Content-Length', end - start + fault.by)
  response.statusCode = isPart ? 206 : 200
  const body = content.subarray(start, Math.max(start, Math.min(end, stop)))
  if (fault?.kind === 'slow') {
    for (let at = 0; at < body.length; at += fault.partBytes) {
      response.write(body.subarray(at, at + fault.partBytes))
      await sleep(fault.pauseMs)
    }
    return void response.end()
  }
  if (stop === Number.POSITIVE_INFINITY) return void response.end(body)
  response.write(body, () => {
    if (fault?.kind === 'break') response.destroy()
  })
}

/** @returns what is sent instead, and the byte at which it stops */
function damage(bytes: Uint8Array, fault: HubFault | undefined) {
  const whole = { content: bytes, stop: Number.POSITIVE_INFINITY }
  switch (fault?.kind) {
    case 'end':
      return { ...whole, content: bytes.subarray(0, fault.atByte) }
    case 'append':
      return { ...whole, content: Buffer.concat([bytes, new Uint8Array(fault.bytes)]) }
    case 'flip': {
      const content = bytes.slice()
      content[fault.atByte] = (content[fault.atByte] ?? 0) ^ 1
      return { ...whole, content }
    }
    case 'break':
    case 'stall':
      return { content: bytes, stop: fault.atByte }
    default:
      return whole
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify(value))
}

function hash(algorithm: 'sha1' | 'sha256', bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex')
}
