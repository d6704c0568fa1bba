/**
 * The chunks of a model that are still missing, and who has been asked for each.
 * @module
 */
import type { Manifest, ManifestFile } from '@weft/protocol'

/** One chunk of one file. */
export type Piece = {
  readonly file: ManifestFile
  readonly index: number
  /** SHA-256 in hex. */
  readonly hash: string
  /** Among all chunks of the manifest, in its order. */
  readonly position: number
  /** Aborts when it has arrived, from whomever. */
  readonly arrival: AbortController
  readonly askers: Set<string>
  askedAtMs: number
}

/** A chunk that has been waited for so long is asked of a second one as well. */
const lateMs = 1_500
/** A slow one and one that helps out; a third would only send the same bytes once more. */
const maxAskers = 2
/** How often those who have nothing to do look again for what is late. */
const lookMs = 250

export class Wanted {
  readonly #pieces = new Map<number, Piece>()
  readonly #starts = new Map<ManifestFile, number>()
  readonly #now: () => number
  readonly #emptied = new AbortController()
  #change = Promise.withResolvers<void>()

  constructor(manifest: Manifest, now: () => number = () => performance.now()) {
    this.#now = now
    let position = 0
    for (const file of manifest.files) {
      this.#starts.set(file, position)
      position += file.chunks.length
    }
  }

  /** Aborts when the last one has arrived. */
  get emptied(): AbortSignal {
    return this.#emptied.signal
  }

  get size(): number {
    return this.#pieces.size
  }

  add(file: ManifestFile, index: number): void {
    const position = (this.#starts.get(file) ?? 0) + index
    const hash = file.chunks[index] ?? ''
    const arrival = new AbortController()
    const askers = new Set<string>()
    this.#pieces.set(position, { file, index, hash, position, arrival, askers, askedAtMs: 0 })
  }

  /** @returns undefined for one that is not missing */
  at(file: ManifestFile, index: number): Piece | undefined {
    if (index >= file.chunks.length) return undefined
    return this.#pieces.get((this.#starts.get(file) ?? 0) + index)
  }

  pieces(): Iterable<Piece> {
    return this.#pieces.values()
  }

  /** Whether `asker` may be asked: nobody else is, or they take long. */
  isOpen({ askers, askedAtMs }: Piece, asker: string): boolean {
    if (askers.size === 0) return true
    return !askers.has(asker) && askers.size < maxAskers && this.#now() - askedAtMs > lateMs
  }

  ask(piece: Piece, asker: string): void {
    piece.askers.add(asker)
    piece.askedAtMs = this.#now()
  }

  /** The asker will not bring it any more. */
  giveBack(piece: Piece, asker: string): void {
    if (piece.askers.delete(asker)) this.#tell()
  }

  /** @returns false when another one has brought it before */
  arrive(piece: Piece): boolean {
    if (!this.#pieces.delete(piece.position)) return false
    piece.arrival.abort()
    if (this.size === 0) this.#emptied.abort()
    this.#tell()
    return true
  }

  /** Resolves when something has changed, or is late by now, or the signal aborts. */
  async change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, lookMs)
    const end = () => resolve()
    signal.addEventListener('abort', end)
    if (signal.aborted) resolve()
    await Promise.race([promise, this.#change.promise])
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }

  #tell(): void {
    this.#change.resolve()
    this.#change = Promise.withResolvers()
  }
}
