/**
 * Between a worker that sends and a consumer that reads.
 * @module
 */
import type { WeftError } from '@weft/protocol'
import type { GeneratePart } from '../engine.ts'

export type PartQueue = {
  push(part: GeneratePart): void
  fail(error: WeftError): void
  take(): Promise<GeneratePart>
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
  }
}
