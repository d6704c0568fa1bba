/**
 * Counts what this tab gives: to whom now, today, in all. Written down lazily.
 * @module
 */
import type { StoringRecord } from '@weft/storage'

export type GivenInit = {
  onChange: () => void
  write: (change: (record: StoringRecord) => StoringRecord) => Promise<void>
}

/** A peer that was given nothing for so long is not counted as one that takes now. */
const nowMs = 10_000
/** How often counts are told and written while chunks go out. */
const flushMs = 1_000

export function createGiven({ onChange, write }: GivenInit) {
  const lastMs = new Map<string, number>()
  /** Bytes that are not in the record yet. */
  let unwritten = 0
  let writing: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  function flush(): Promise<void> {
    writing = writing.then(async () => {
      const bytes = unwritten
      if (bytes === 0) return
      // Counting is no reason to fail: an outdated page counts for itself.
      await write((record) => added(record, bytes)).then(
        () => {
          unwritten -= bytes
        },
        () => {},
      )
    })
    return writing
  }

  async function tick(): Promise<void> {
    await flush()
    for (const [peerId, atMs] of lastMs) if (Date.now() - atMs > nowMs) lastMs.delete(peerId)
    timer = lastMs.size === 0 || isClosed ? undefined : setTimeout(tick, flushMs)
    onChange()
  }

  return {
    add(peerId: string, bytes: number): void {
      lastMs.set(peerId, Date.now())
      unwritten += bytes
      timer ??= setTimeout(tick, flushMs)
    },
    /** @param record - as it is kept now */
    counts({ givenBytes, today }: Pick<StoringRecord, 'givenBytes' | 'today'>) {
      const peers = [...lastMs.values()].filter((atMs) => Date.now() - atMs <= nowMs).length
      return {
        givenBytes: givenBytes + unwritten,
        givenTodayBytes: addToDay(today, unwritten).bytes,
        peers,
      }
    },
    async close(): Promise<void> {
      isClosed = true
      clearTimeout(timer)
      await flush()
    },
  }
}

function added(record: StoringRecord, bytes: number): StoringRecord {
  const { givenBytes, today } = record
  return { ...record, givenBytes: givenBytes + bytes, today: addToDay(today, bytes) }
}

function addToDay({ day, bytes }: StoringRecord['today'], more: number): StoringRecord['today'] {
  const now = localDay()
  return { day: now, bytes: day === now ? bytes + more : more }
}

/** e.g. `2026-01-31`, where the person is */
function localDay(): string {
  const now = new Date()
  const two = (value: number) => String(value).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
