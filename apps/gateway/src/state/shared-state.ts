/**
 * What gateways of one deployment share: what was spent, what is in use, what is kept for a while. Processes hold
 * nothing else, so that any of them can answer any request. In SQLite for one machine, in Redis for several.
 * @module
 */

export interface SharedState {
  /**
   * Adds to a counter, which is 0 where it is new and is gone `ttlMs` after its last change.
   * @param amount - a whole number, the total within 2^63; may be negative
   * @param beside - other counters
   * @returns the new total, and with it what is in those: all at one moment
   */
  add(counter: string, amount: bigint, ttlMs: number, beside?: readonly string[]): Promise<bigint>
  /** @returns 0 for one that is not there */
  read(counter: string): Promise<bigint>
  /** Takes a name for a while. @returns whether nobody else has it */
  claim(name: string, ttlMs: number): Promise<boolean>
  release(name: string): Promise<void>
  keep(name: string, text: string, ttlMs: number): Promise<void>
  /** @returns null for what is not kept, or no more */
  find(name: string): Promise<string | null>
  close(): Promise<void>
}

export type QuotaInit = {
  counter: string
  amount: bigint
  /** In one window. */
  max: bigint
  windowMs: number
  nowMs?: number
}

export type Quota =
  | {
      isFree: true
      /** Gives back what was not used; less than nothing where it was more. */
      giveBack(unused: bigint): Promise<void>
    }
  | { isFree: false; retryAfterMs: number }

/** Takes a part of what a window allows, all or nothing. Who asks at the same time may be refused too early. */
export async function takeQuota(
  state: SharedState,
  { counter, amount, max, windowMs, nowMs = Date.now() }: QuotaInit,
): Promise<Quota> {
  const window = Math.floor(nowMs / windowMs)
  const name = `${counter}/${window}`
  const ttlMs = 2 * windowMs
  const total = await state.add(name, amount, ttlMs)
  if (total <= max) {
    return {
      isFree: true,
      giveBack: async (unused) => {
        if (unused !== 0n) await state.add(name, -unused, ttlMs)
      },
    }
  }
  await state.add(name, -amount, ttlMs)
  return { isFree: false, retryAfterMs: (window + 1) * windowMs - nowMs }
}

export type Reservation =
  | {
      isFree: true
      /** Counts what it came to instead, which may be more. May be called again where it failed. */
      settle(actual: bigint): Promise<void>
    }
  | { isFree: false }

/** What is set aside until the same slice of time comes free together. All processes know these lengths, 2 s to 17 min. */
const sliceLengthsMs = Array.from({ length: 10 }, (_, power) => 2_000 * 2 ** power)
/** While something is held; of the shortest length that has no more. */
const slices = 4

/**
 * Sets a part of what a window allows aside until it is known what it comes to. Of who never says, since the process
 * was killed, it comes free behind `heldMs`, and half of that at most.
 * @param heldMs - 4,096,000 at most; others may hold theirs for other times
 */
export async function reserveQuota(
  state: SharedState,
  { counter, amount, max, windowMs, heldMs, nowMs = Date.now() }: QuotaInit & { heldMs: number },
): Promise<Reservation> {
  const spent = `${counter}/${Math.floor(nowMs / windowMs)}`
  const heldIn = (lengthMs: number, index: number) => `${spent}/held/${lengthMs}/${index}`
  const sliceMs = sliceLengthsMs.find((lengthMs) => slices * lengthMs >= heldMs)
  if (!sliceMs) throw new RangeError(`Nothing is held for ${heldMs} ms.`)
  const own = heldIn(sliceMs, Math.floor((nowMs + heldMs) / sliceMs))
  const held = sliceLengthsMs.flatMap((lengthMs) => {
    const now = Math.floor(nowMs / lengthMs)
    return Array.from({ length: slices + 1 }, (_, ahead) => heldIn(lengthMs, now + ahead))
  })
  // Longer than anybody counts it, so that who is late takes nothing out of what others have set aside.
  const ttlMs = 2 * (slices + 1) * sliceMs
  const total = await state.add(own, amount, ttlMs, [...held.filter((each) => each !== own), spent])
  const release = () => state.add(own, -amount, ttlMs)
  if (total > max) {
    await release()
    return { isFree: false }
  }
  let isSpent = false
  return {
    isFree: true,
    async settle(actual) {
      // In this order: nobody sees neither.
      if (actual !== 0n && !isSpent) await state.add(spent, actual, 2 * windowMs)
      isSpent = true
      await release()
    },
  }
}

const secretMs = 365 * 86_400_000

/** @returns 32 bytes, the same for all who share the state; whoever comes first makes them */
export async function sharedSecret(state: SharedState, name: string): Promise<Uint8Array> {
  for (;;) {
    const kept = await state.find(`secret/${name}`)
    if (kept) return new Uint8Array(Buffer.from(kept, 'base64url'))
    if (await state.claim(`secret/${name}/making`, 10_000)) {
      const made = Buffer.from(crypto.getRandomValues(new Uint8Array(32)))
      await state.keep(`secret/${name}`, made.toString('base64url'), secretMs)
    } else {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

export const minuteMs = 60_000
export const dayMs = 86_400_000

const weiPerUnit = 1_000_000_000n

/** @returns billionths of a token, rounded up: what 63 bits count, the whole supply included */
export function unitsOf(wei: bigint): bigint {
  return (wei + weiPerUnit - 1n) / weiPerUnit
}
