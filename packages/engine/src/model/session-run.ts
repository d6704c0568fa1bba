/**
 * `session.run` that ends when the device does.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { InferenceSession } from 'onnxruntime-web'
import type { Runtime } from '../runtime.ts'
import { notLoaded, toModelError } from './model-error.ts'

export type Run = {
  /** @throws WeftError `engine/not-loaded`, `engine/device-lost`, `engine/out-of-memory`, `engine/run-failed` */
  step(feeds: InferenceSession.FeedsType): Promise<InferenceSession.ReturnType>
  /** Never rejects, see `releaseSession`. */
  release(): Promise<void>
}

/** One step at a time: the caller takes turns. */
export function createRun(
  session: InferenceSession,
  { runtime, fetches }: { runtime: Runtime; fetches: string[] },
): Run {
  let ended: WeftError | undefined
  // Rejects the step that is running; a lost device may leave it waiting for ever.
  let rejectStep = (_error: WeftError): void => {}
  const watchDevice = async (): Promise<void> => {
    const reason = await runtime.lost?.()
    if (reason === undefined) return
    ended ??= deviceLost(reason)
    rejectStep(ended)
  }
  // A device that cannot be watched shows its loss by failing steps.
  watchDevice().catch(() => {})
  return {
    step: (feeds) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        rejectStep = reject
        session.run(feeds, fetches).then(resolve, (cause) => reject(toModelError(cause, 'run')))
      }),
    async release() {
      ended ??= notLoaded()
      await releaseSession(session)
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
