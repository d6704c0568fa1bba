/**
 * Which sequences decode in one step together, and the cache that they share while they do.
 * @module
 */
import type { Decoder } from '../decoder/decoder.ts'
import { cacheBytes, disposeCache, type KvCache, type KvSource } from '../decoder/kv-cache.ts'
import type { Lane } from './lane.ts'
import type { Held } from './prefix-cache.ts'

/** Lane by row of the cache; undefined where its sequence is over. */
export type Group = { rows: (Lane | undefined)[]; cache: KvCache }

export type DecodeGroups = {
  /**
   * Brings together the lanes that are ready. A lane that was in a group and is not ready gets its
   * row back as its own. Nothing has changed when it throws.
   * @throws WeftError `engine/out-of-memory`
   */
  arrange(ready: readonly Lane[]): Promise<Group[]>
  /** Where the tokens of a lane lie now. */
  heldBy(lane: Lane): Held
  /** The lane is over: its row goes with the last of its group, or when that changes next. */
  remove(lane: Lane): void
  bytes(): number
}

type DecodeGroupsInit = { decoder: Decoder; batchSize: number }

export function createDecodeGroups({ decoder, batchSize }: DecodeGroupsInit): DecodeGroups {
  let groups: Group[] = []

  const groupOf = (lane: Lane) => groups.find(({ rows }) => rows.includes(lane))
  const heldBy = (lane: Lane): Held => {
    const { tokens } = lane
    const group = groupOf(lane)
    if (!group) return { tokens, cache: lane.cache, row: 0 }
    return { tokens, cache: group.cache, row: group.rows.indexOf(lane) }
  }
  const sourceOf = (lane: Lane): KvSource => {
    const { cache, row, tokens } = heldBy(lane)
    return { cache, row, length: tokens.length }
  }
  const membersFor = (ready: readonly Lane[]): Lane[][] => {
    const kept = groups.map(({ rows }) => ready.filter((lane) => rows.includes(lane)))
    const filled = kept.filter((lanes) => lanes.length > 0)
    const needed = Math.ceil(ready.length / batchSize)
    // Half-empty groups come together as soon as that saves one.
    const members = filled.length > needed ? [] : filled
    const placed = new Set(members.flat())
    for (const lane of ready) {
      if (placed.has(lane)) continue
      const place = members.find((lanes) => lanes.length < batchSize)
      if (place) place.push(lane)
      else members.push([lane])
    }
    return members
  }
  /** The cache whose rows are exactly these lanes, if there is one. */
  const cacheOf = (lanes: readonly Lane[]): KvCache | undefined => {
    const [first] = lanes
    const group = first && groupOf(first)
    if (!group) return lanes.length === 1 ? first?.cache : undefined
    const isSame =
      group.rows.length === lanes.length && group.rows.every((lane, row) => lane === lanes[row])
    return isSame ? group.cache : undefined
  }

  return {
    heldBy,
    async arrange(ready) {
      const made: KvCache[] = []
      const cacheFor = (lanes: readonly Lane[]): KvCache => {
        const present = cacheOf(lanes)
        if (present) return present
        const joined = decoder.join(lanes.map(sourceOf))
        made.push(joined)
        return joined
      }
      let next: Group[]
      let paused: { lane: Lane; cache: KvCache }[]
      try {
        next = membersFor(ready).map((rows) => ({ rows, cache: cacheFor(rows) }))
        paused = groups
          .flatMap(({ rows }) => rows)
          .filter((lane) => lane !== undefined)
          .filter((lane) => !ready.includes(lane))
          .map((lane) => ({ lane, cache: cacheFor([lane]) }))
        for (const cache of made) await decoder.confirm(cache)
      } catch (error) {
        for (const cache of made) disposeCache(cache)
        throw error
      }
      const before = [...groups.map(({ cache }) => cache), ...ready.map(({ cache }) => cache)]
      const after = new Set([...next, ...paused].map(({ cache }) => cache))
      for (const cache of before) if (!after.has(cache)) disposeCache(cache)
      for (const lane of ready) lane.cache = decoder.createCache()
      for (const { lane, cache } of paused) lane.cache = cache
      groups = next
      return groups
    },
    remove(lane) {
      const group = groupOf(lane)
      if (!group) return
      group.rows[group.rows.indexOf(lane)] = undefined
      if (group.rows.some((row) => row)) return
      groups = groups.filter((each) => each !== group)
      disposeCache(group.cache)
    },
    bytes: () => groups.reduce((sum, { cache }) => sum + cacheBytes(cache), 0),
  }
}
