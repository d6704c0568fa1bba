/**
 * Proof of work: what a relay asks for a registration beyond those that an address has for free. A
 * number such that SHA-256(domain ‖ challenge ‖ PeerId ‖ number, 8 bytes big-endian) begins with so many
 * zero bits (Hashcash, http://www.hashcash.org/papers/hashcash.pdf).
 * @module
 */
import { z } from 'zod'
import { concatBytes, sha256, utf8ToBytes } from './bytes.ts'
import { CancelledError } from './errors.ts'
import { limits } from './limits.ts'
import { bytesSchema } from './values.ts'

export const workChallengeSchema = z.strictObject({
  /** Random, of this stream: nothing can be worked out ahead, nor used twice. */
  challenge: bytesSchema(16),
  /** Leading zero bits: on average 2^bits hashes. */
  bits: z.int().min(1).max(limits.maxWorkBits),
})
export type WorkChallenge = z.output<typeof workChallengeSchema>

/** Milliseconds of work at a time: less than a frame, so that a page stays smooth. */
const sliceMs = 8
const domain = utf8ToBytes('weft/work/1\0')

/** @returns whether `work` does what was asked of this peer */
export function isWorkDone({ challenge, bits }: WorkChallenge, peerId: string, work: number) {
  return leadingZeroBits(sha256(domain, challenge, utf8ToBytes(peerId), numberBytes(work))) >= bits
}

/**
 * Looks for the smallest number that does it, in slices between which the page goes on.
 * @throws CancelledError when the signal aborts
 */
export async function findWork(
  asked: WorkChallenge,
  peerId: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<number> {
  const head = concatBytes(domain, asked.challenge, utf8ToBytes(peerId))
  // Unlike a timer, a message is not held back in a hidden tab.
  const { port1, port2 } = new MessageChannel()
  try {
    for (let work = 0; ; ) {
      const endMs = performance.now() + sliceMs
      for (; performance.now() < endMs; work += 1) {
        if (leadingZeroBits(sha256(head, numberBytes(work))) >= asked.bits) return work
      }
      await new Promise((resolve) => {
        port1.onmessage = resolve
        port2.postMessage(null)
      })
      if (signal?.aborted) throw new CancelledError({ subject: 'The proof of work' })
    }
  } finally {
    port1.close()
  }
}

function numberBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

function leadingZeroBits(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first < 0 ? 8 * bytes.length : 8 * first + Math.clz32(bytes[first] ?? 0) - 24
}
