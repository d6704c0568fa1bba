/**
 * Chunks from other tabs, several at once: the rarest first, what is late asked elsewhere too, and who
 * gives a wrong one asked nothing more.
 * @module
 */
import { hexToBytes, pause, WeftError } from '@weft/protocol'
import { sha256Hex } from '../chunks.ts'
import type { ChunkSource, FindTabs } from './chunk-source.ts'
import type { Piece, Wanted } from './wanted.ts'

export type TakeFromTabsInit = {
  wanted: Wanted
  findTabs: FindTabs
  /** Whether places on the web give the same model, from its beginning on. */
  hasPlaces: boolean
  /** Takes a chunk that has the right hash and has not come before. */
  keep: (piece: Piece, bytes: Uint8Array, peerId: string) => Promise<void>
}

/** Chunks asked of one tab at a time: one under way, one next, one that it reads from its disk. */
const inFlight = 3
/** A place on the web gives a file from its beginning; tabs begin within so many chunks of its end. */
const tailChunks = 32
/** Refusals in a row after which a busy tab is left alone, and the longest wait between them. */
const maxRefusals = 6
const maxPauseMs = 10_000

/** @returns why each tab that was lost was lost, when no tab is left or nothing is missing */
export async function takeFromTabs(
  init: TakeFromTabsInit,
  signal: AbortSignal,
): Promise<WeftError[]> {
  const live = new Set<ChunkSource>()
  const losses: WeftError[] = []
  const lose = (error: unknown) => {
    if (signal.aborted) return
    losses.push(WeftError.from(error, 'storage/tab-failed', 'A tab failed.'))
  }
  const takeAll = async (source: ChunkSource) => {
    try {
      await takeFrom({ ...init, source, live }, signal)
    } catch (error) {
      lose(error)
    } finally {
      live.delete(source)
      source.close()
    }
  }
  const work: Promise<void>[] = []
  try {
    for await (const source of init.findTabs({ signal })) {
      live.add(source)
      work.push(takeAll(source))
      if (signal.aborted) break
    }
  } catch (error) {
    lose(error)
  }
  await Promise.all(work)
  return losses
}

type TakeFromInit = TakeFromTabsInit & { source: ChunkSource; live: ReadonlySet<ChunkSource> }

async function takeFrom(init: TakeFromInit, signal: AbortSignal): Promise<void> {
  const { source, wanted } = init
  const lost = new AbortController()
  const limit = AbortSignal.any([signal, lost.signal])
  /** Said to be held, and then not given. */
  const lacking = new Set<number>()
  let refusals = 0

  async function takeOne(piece: Piece): Promise<void> {
    const until = AbortSignal.any([limit, piece.arrival.signal])
    const answer = await source.chunk(hexToBytes(piece.hash), { signal: until })
    if (answer.type === 'chunk') {
      const isRight = (await sha256Hex(answer.bytes)) === piece.hash
      if (limit.aborted) return
      if (!isRight) throw wrongChunk(source, piece)
      refusals = 0
      if (wanted.arrive(piece)) await init.keep(piece, answer.bytes, source.peerId)
      return
    }
    wanted.giveBack(piece, source.peerId)
    if (answer.type === 'not-held') {
      lacking.add(piece.position)
      return
    }
    refusals += 1
    if (refusals > maxRefusals) throw tooBusy(source)
    await pause(Math.min(answer.retryAfterMs, maxPauseMs), limit)
  }

  async function takeTurns(): Promise<void> {
    while (!limit.aborted && wanted.size > 0) {
      const held = [...wanted.pieces()].filter(
        ({ position }) => holds(source, position) && !lacking.has(position),
      )
      if (held.length === 0) return
      const piece = choose(held, init)
      if (!piece) {
        await wanted.change(limit)
        continue
      }
      wanted.ask(piece, source.peerId)
      try {
        await takeOne(piece)
      } catch (error) {
        if (limit.aborted) return
        if (isDropped(error, piece)) continue
        // The other turns ask nothing more.
        lost.abort()
        throw error
      } finally {
        wanted.giveBack(piece, source.peerId)
      }
    }
  }

  // What another turn keeps just now is waited for, too.
  const turns = await Promise.allSettled(Array.from({ length: inFlight }, takeTurns))
  const failed = turns.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

/** Whether the wait ended because another one had brought the chunk. */
function isDropped(error: unknown, { arrival }: Piece): boolean {
  return arrival.signal.aborted && !(WeftError.is(error) && error.code === 'storage/wrong-hash')
}

/** The rarest among the tabs; by lot among equals. Who is asked already is asked again only when late. */
function choose(
  held: readonly Piece[],
  { wanted, source, live, hasPlaces }: TakeFromInit,
): Piece | undefined {
  const open = held.filter((piece) => wanted.isOpen(piece, source.peerId))
  const unasked = open.filter(({ askers }) => askers.size === 0)
  const candidates = unasked.length > 0 ? unasked : open
  const holdersOf = ({ position }: Piece) =>
    [...live].filter((each) => holds(each, position)).length
  const counts = candidates.map(holdersOf)
  const fewest = Math.min(...counts)
  const rarest = candidates.filter((_, at) => counts[at] === fewest)
  const pool = hasPlaces ? rarest.slice(-tailChunks) : rarest
  return pool[Math.floor(Math.random() * pool.length)]
}

function holds({ holdings }: ChunkSource, position: number): boolean {
  return (((holdings[position >> 3] ?? 0) >> (position & 7)) & 1) === 1
}

function wrongChunk(source: ChunkSource, { file, index }: Piece): WeftError {
  source.accuse(`Chunk ${index} of ${file.path} is not what its hash says.`)
  return new WeftError(
    'storage/wrong-hash',
    'A tab gave a wrong chunk; it is asked nothing more.',
    {
      facts: [`Tab: ${source.peerId}`, `File: ${file.path}, chunk ${index}`],
    },
  )
}

function tooBusy({ peerId }: ChunkSource): WeftError {
  return new WeftError('storage/tab-busy', 'A tab that has the model stayed busy.', {
    facts: [`Tab: ${peerId}`],
  })
}
