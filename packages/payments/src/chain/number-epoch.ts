/**
 * An epoch's two transactions: one begins it, the other, in a later block, writes its number down.
 * @module
 */
import { pause, WeftError } from '@weft/protocol'
import type { VerdictsReader } from './verdicts-reader.ts'
import type { VerdictsWallet } from './verdicts-wallet.ts'

type NumberEpochInit = Pick<VerdictsReader, 'lastEpoch'> & {
  send: Pick<VerdictsWallet, 'record'>
}

/** Of the slowest chain that is meant, twice: then the next one who records writes the number down. */
const longestBlockMs = 24_000
const lookEveryMs = 1_000

/**
 * Gives the running epoch its number, unless somebody has. Between the two transactions a key is free for others.
 * @throws WeftError as `send` says; `payments/refused` where somebody has begun it in the same block
 */
export async function numberEpoch(
  { send, lastEpoch }: NumberEpochInit,
  { signal }: { signal?: AbortSignal } = {},
): Promise<void> {
  const epoch = await send.record()
  if (epoch === null) return
  const endMs = Date.now() + longestBlockMs
  while (!signal?.aborted && (await lastEpoch()) < epoch) {
    try {
      await send.record()
      return
    } catch (error) {
      // Until that block is over it is refused; then whoever comes first does it for all.
      const isEarly = WeftError.is(error) && error.code === 'payments/refused'
      if (!isEarly || Date.now() > endMs) throw error
    }
    await pause(lookEveryMs, signal)
  }
}
