/**
 * A runtime whose results a test can see, change or hold back.
 * @module
 */
import type { Tensor } from 'onnxruntime-web'
import type { Runtime } from '../runtime.ts'
import { nodeCpu } from './node-model.ts'

/** onnxruntime-node; `watch` gets the results of every step first, and is waited for. */
export function watchRuns(watch: (results: Record<string, Tensor>) => unknown): Runtime {
  const { InferenceSession, Tensor } = nodeCpu.ort
  const create = async (...init: Parameters<typeof InferenceSession.create>) => {
    const session = await InferenceSession.create(...init)
    const run = session.run.bind(session)
    session.run = (async (...input: Parameters<typeof run>) => {
      const results = await run(...input)
      await watch(results as Record<string, Tensor>)
      return results
    }) as typeof session.run
    return session
  }
  return { ...nodeCpu, ort: { InferenceSession: { create: create as never }, Tensor } }
}
