/**
 * A model repository of a Hugging Face hub, by its public API: what it says of itself, its files by
 * hash, and downloads that go on where they broke off.
 * Source: https://huggingface.co/docs/hub/api
 * @module
 */
import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

const infoSchema = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  cardData: z.object({ license: z.string().optional() }).nullish(),
  safetensors: z.object({ total: z.int().optional() }).nullish(),
})

const treeSchema = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.int(),
    /** Git's SHA-1 of the file; of its pointer where the file lies in LFS. */
    oid: z.string(),
    /** Its `oid` is the SHA-256 of the file. */
    lfs: z.object({ oid: z.string() }).nullish(),
  }),
)
export type HubFile = z.infer<typeof treeSchema>[number]

export type HubInit = { hub: string; id: string; revision: string }

export type HubModel = {
  /** Where its files lie, at a fixed commit. */
  source: string
  files: HubFile[]
  /** As the hub names it, e.g. `apache-2.0`. */
  licence: string | undefined
  parameters: number | undefined
  sha: string
}

/** @throws Error that says what the hub answered */
export async function findModel({ hub, id, revision }: HubInit): Promise<HubModel> {
  const api = `${hub}/api/models/${id}`
  const info = await getJson(`${api}/revision/${encodeURIComponent(revision)}`, infoSchema)
  const { sha, cardData, safetensors } = info.value
  const files: HubFile[] = []
  let next: string | undefined = `${api}/tree/${sha}?recursive=1`
  while (next) {
    const page: { value: HubFile[]; next: string | undefined } = await getJson(next, treeSchema)
    files.push(...page.value.filter(({ type }) => type === 'file'))
    next = page.next
  }
  const source = `${hub}/${id}/resolve/${sha}/`
  return { source, files, licence: cardData?.license, parameters: safetensors?.total, sha }
}

async function getJson<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
): Promise<{ value: z.output<Schema>; next: string | undefined }> {
  const response = await request(url)
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
  return { value: schema.parse(await response.json()), next }
}

/** In a row, without one byte; a server gets this often the chance to recover. */
const maxBreaks = 5
/** A server that sends nothing for this long has failed. */
const stallMs = 60_000

/**
 * Brings a file into `folder`, unless it is there already, and checks its hash.
 * @throws Error
 */
export async function download(
  { source, file, folder }: { source: string; file: HubFile; folder: string },
  onProgress: (bytes: number) => void,
): Promise<void> {
  const target = join(folder, file.path)
  if (existsSync(target) && (await hasHash(target, file))) return
  const part = `${target}.part`
  mkdirSync(dirname(target), { recursive: true })
  for (let breaks = 0; sizeOf(part) < file.size; ) {
    const before = sizeOf(part)
    try {
      await append(new URL(file.path, source).href, part, onProgress)
      if (sizeOf(part) < file.size) throw new Error('The connection ended early.')
    } catch (error) {
      breaks = sizeOf(part) > before ? 1 : breaks + 1
      if (error instanceof Refusal || breaks === maxBreaks) throw error
      await sleep(500 * 2 ** breaks)
    }
  }
  if (!(await hasHash(part, file))) {
    rmSync(part)
    throw new Error(`${file.path} is not what the hub says it is. Run this again.`)
  }
  renameSync(part, target)
}

async function append(url: string, part: string, onProgress: (bytes: number) => void) {
  const start = sizeOf(part)
  const stalled = new AbortController()
  const onStall = () => stalled.abort(new Error(`${url} sent nothing for ${stallMs / 1000} s.`))
  let timer = setTimeout(onStall, stallMs)
  try {
    const range: Record<string, string> = start > 0 ? { Range: `bytes=${start}-` } : {}
    const response = await request(url, range, stalled.signal)
    const watched = async function* (parts: AsyncIterable<Uint8Array>) {
      for await (const bytes of parts) {
        clearTimeout(timer)
        timer = setTimeout(onStall, stallMs)
        onProgress(bytes.length)
        yield bytes
      }
    }
    // A server that ignores the range sends the file from its start.
    const flags = response.status === 206 ? 'a' : 'w'
    await pipeline(Readable.from(response.body ?? []), watched, createWriteStream(part, { flags }))
  } finally {
    clearTimeout(timer)
  }
}

/** An answer that asking again does not change. */
class Refusal extends Error {}

async function request(
  url: string,
  headers: Record<string, string> = {},
  signal: AbortSignal = AbortSignal.timeout(stallMs),
): Promise<Response> {
  const response = await fetch(url, { headers, signal })
  const { status } = response
  if (status === 200 || status === 206) return response
  await response.body?.cancel()
  const message = `${url} answered ${status} ${response.statusText}`.trim()
  if (status === 401 || status === 403) {
    throw new Refusal(
      `${message}: there is no such repository, or it asks for an account. A tab has none, so it could not load this model.`,
    )
  }
  if (status === 429 || status >= 500) throw new Error(`${message}. Try again later.`)
  throw new Refusal(`${message}. Check the name and the revision.`)
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

async function hasHash(path: string, { size, oid, lfs }: HubFile): Promise<boolean> {
  if (sizeOf(path) !== size) return false
  const hash = lfs ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`)
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex') === (lfs?.oid ?? oid)
}
