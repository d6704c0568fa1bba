/**
 * Between what makes the parts of an answer and its consumer.
 * @module
 */
import type { WeftError } from '@weft/protocol'
import type { GeneratePart } from './engine.ts'

export type PartQueue = {
  push(part: GeneratePart): void
  /** Behind what was pushed. */
  fail(error: WeftError): void
  /** The next part; waits for it. */
  take(): Promise<GeneratePart>
  /** Parts that nobody has taken. */
  readonly length: number
  /** Forgets them. */
  clear(): void
}

/** Parts that wait for their consumer, or a consumer that waits for its part. Never both. */
export function createPartQueue(): PartQueue {
  const parts: GeneratePart[] = []
  let failure: WeftError | undefined
  let waiting: PromiseWithResolvers<GeneratePart> | undefined
  return {
    push(part) {
      if (waiting) waiting.resolve(part)
      else parts.push(part)
      waiting = undefined
    },
    fail(error) {
      failure = error
      waiting?.reject(error)
      waiting = undefined
    },
    async take() {
      const part = parts.shift()
      if (part) return part
      if (failure) throw failure
      waiting = Promise.withResolvers()
      return waiting.promise
    },
    get length() {
      return parts.length
    },
    clear() {
      parts.length = 0
    },
  }
}
