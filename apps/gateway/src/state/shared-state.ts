/**
 * What gateways of one deployment share: what was spent, what is in use, what is kept for a while. Processes hold
 * nothing else, so that any of them can answer any request. In SQLite for one machine, in Redis for several.
 * @module
 */

export interface SharedState {
  /**
   * Adds to a counter, which is 0 where it is new and is gone `ttlMs` after its last change.
   * @param amount - a whole number, the total within 2^63; may be negative
   * @returns the new total
   */
  add(counter: string, amount: bigint, ttlMs: number): Promise<bigint>
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
