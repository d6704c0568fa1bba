/**
 * onnxruntime-node with something about its sessions changed by a test.
 * @module
 */
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import type { Runtime } from '../runtime.ts'
import { nodeCpu } from './node-model.ts'

/** `watch` gets the results of every step first, and is waited for: to see, change or hold back. */
export function watchRuns(watch: (results: Record<string, Tensor>) => unknown): Runtime {
  return changeSessions((session) => {
    const run = session.run.bind(session)
    session.run = (async (...input: Parameters<typeof run>) => {
      const results = await run(...input)
      await watch(results as Record<string, Tensor>)
      return results
    }) as typeof session.run
  })
}

/** Sessions that cannot be released, as after the loss of their device. */
export function failReleases(): Runtime {
  return changeSessions((session) => {
    session.release = async () => {
      throw new Error('Nothing to release')
    }
  })
}

function changeSessions(change: (session: InferenceSession) => void): Runtime {
  const { InferenceSession, Tensor } = nodeCpu.ort
  const create = async (...init: Parameters<typeof InferenceSession.create>) => {
    const session = await InferenceSession.create(...init)
    change(session)
    return session
  }
  return { ...nodeCpu, ort: { InferenceSession: { create: create as never }, Tensor } }
}
