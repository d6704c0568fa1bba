/**
 * Chunks from places on the web: long runs of a file, beside tabs that bring other parts of it.
 * @module
 */
import { type ManifestFile, WeftError } from '@weft/protocol'
import { downloadFile, type FileWants } from '../download-file.ts'
import type { DownloadTiming } from '../judge-answer.ts'
import type { Piece, Wanted } from './wanted.ts'

export type TakeFromPlacesInit = {
  wanted: Wanted
  /** Folders that hold the model, absolute, ending in `/`; asked in this order. */
  sources: readonly string[]
  timing: DownloadTiming
  /** Takes a chunk that has the right hash and has not come before. */
  keep: (piece: Piece, bytes: Uint8Array) => Promise<void>
  /** Whether a file that no place gives may still come from tabs. */
  hasTabs: () => boolean
}

/** Of a run, the next so many chunks are asked of no tab. */
const aheadChunks = 8
const placesName = 'places'

/**
 * @returns why files did not come, when nothing is left to ask here
 * @throws WeftError as `downloadFile` when there is no tab either
 */
export async function takeFromPlaces(
  init: TakeFromPlacesInit,
  signal: AbortSignal,
): Promise<WeftError[]> {
  const { wanted, sources, timing, keep, hasTabs } = init
  const failures = new Map<ManifestFile, WeftError>()
  const isMissing = ({ file }: Piece) => !failures.has(file)
  while ([...wanted.pieces()].some(isMissing) && !signal.aborted) {
    const open = [...wanted.pieces()].filter(
      (piece) => isMissing(piece) && wanted.isOpen(piece, placesName),
    )
    // What no tab is asked for comes first.
    const next = open.find(({ askers }) => askers.size === 0) ?? open[0]
    if (!next) {
      await wanted.change(signal)
      continue
    }
    const { file } = next
    const wants = wantsOf(file, wanted, keep)
    try {
      await downloadFile({ file, sources, wants }, { signal, timing })
    } catch (error) {
      if (signal.aborted) break
      const failure = WeftError.from(error, 'storage/download', 'A place failed.')
      if (!hasTabs()) throw failure
      failures.set(file, failure)
    } finally {
      wants.letGo()
    }
  }
  return [...failures.values()]
}

/** What may be asked of places now, of one file. */
function wantsOf(
  file: ManifestFile,
  wanted: Wanted,
  keep: TakeFromPlacesInit['keep'],
): FileWants & { letGo(): void } {
  const isOpen = (index: number) => {
    const piece = wanted.at(file, index)
    return piece !== undefined && (piece.askers.has(placesName) || wanted.isOpen(piece, placesName))
  }
  const mark = (first: number, end: number) => {
    for (let index = first; index < Math.min(first + aheadChunks, end); index += 1) {
      const piece = wanted.at(file, index)
      if (piece && !piece.askers.has(placesName) && isOpen(index)) wanted.ask(piece, placesName)
    }
  }
  const letGo = () => {
    for (const piece of wanted.pieces()) {
      if (piece.file === file) wanted.giveBack(piece, placesName)
    }
  }
  return {
    count: () => file.chunks.filter((_, index) => wanted.at(file, index) !== undefined).length,
    isWanted: (index) => wanted.at(file, index) !== undefined,
    nextRun() {
      letGo()
      // What is late elsewhere comes after what nobody is asked for.
      const isFree = (index: number) => wanted.at(file, index)?.askers.size === 0
      const test = file.chunks.some((_, index) => isFree(index)) ? isFree : isOpen
      const first = file.chunks.findIndex((_, index) => test(index))
      if (first < 0) return undefined
      let end = first
      while (test(end)) end += 1
      mark(first, end)
      return { first, end }
    },
    async keep(index, bytes) {
      const piece = wanted.at(file, index)
      if (!piece || !wanted.arrive(piece)) return
      await keep(piece, bytes)
    },
    goesOn(index, end) {
      mark(index, end)
      return wanted.at(file, index)?.askers.has(placesName) === true
    },
    letGo,
  }
}
