/**
 * Which kept models go when room is short: those used least, and only what can come back by itself.
 * @module
 */
import type { ModelRecord } from './records.ts'

export type MakeRoomInit = {
  /** What is kept, the model used last first. */
  models: readonly (Pick<ModelRecord, 'modelCid' | 'isImported'> & { cachedBytes: number })[]
  /** Models that the person gives to others, by CID: they stay. */
  shared: readonly string[]
  /** @returns false while any tab has it loaded */
  drop: (modelCid: string) => Promise<boolean>
  /** Bytes of all chunks that are kept. */
  keptBytes: () => Promise<number>
}

/** @returns false when that cannot free so many bytes; then as little as possible was deleted in vain */
export async function makeRoom(
  { models, shared, drop, keptBytes }: MakeRoomInit,
  neededBytes: number,
): Promise<boolean> {
  // Files of this device may exist nowhere else.
  const mayGo = models.filter(({ modelCid, isImported }) => {
    return !isImported && !shared.includes(modelCid)
  })
  if (mayGo.reduce((sum, { cachedBytes }) => sum + cachedBytes, 0) < neededBytes) return false
  const atFirst = await keptBytes()
  // Models share chunks, so what one frees is seen only when it is gone.
  let freed = 0
  for (const { modelCid } of mayGo.toReversed()) {
    if (freed >= neededBytes) break
    if (await drop(modelCid)) freed = atFirst - (await keptBytes())
  }
  return freed >= neededBytes
}
