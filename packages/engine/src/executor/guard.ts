/**
 * Runs that end when the device does.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { InferenceSession } from 'onnxruntime-web'
import { notLoaded, toModelError } from '../model/model-error.ts'
import type { Runtime } from '../runtime.ts'

export type Guard = {
  /** @throws WeftError `engine/not-loaded`, `engine/device-lost`, or what `toModelError` makes of a failure */
  run<Result>(work: () => Promise<Result>): Promise<Result>
  /** Runs reject from here on, with `reason` or because nothing is loaded. */
  close(reason?: WeftError): void
}

export function createGuard(runtime: Runtime): Guard {
  let ended: WeftError | undefined
  // Of what is under way; a lost device may leave it waiting for ever.
  const rejects = new Set<(error: WeftError) => void>()
  const watchDevice = async (): Promise<void> => {
    const reason = await runtime.lost?.()
    if (reason === undefined) return
    ended ??= deviceLost(reason)
    for (const reject of rejects) reject(ended)
  }
  // A device that cannot be watched shows its loss by failing runs.
  watchDevice().catch(() => {})
  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        rejects.add(reject)
        work()
          .then(resolve, (cause) => reject(toModelError(cause, 'run')))
          .finally(() => rejects.delete(reject))
      }),
    close(reason = notLoaded()) {
      ended ??= reason
    },
  }
}

/**
 * Never rejects: a lost device has nothing left to free, and what went wrong before is what its
 * caller has to tell.
 */
export async function releaseSession(session: InferenceSession): Promise<void> {
  await session.release().catch(() => {})
}

function deviceLost(reason: string): WeftError {
  return new WeftError(
    'engine/device-lost',
    'The graphics device was lost. Load the model again, or choose the CPU backend.',
    { facts: reason ? [reason] : [] },
  )
}
