/**
 * Loads that were begun on the Models page. They live beside the pages: one goes on, and can be
 * cancelled, when the person comes back.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'
import type { BackendChoice, Models } from '@weft/sdk'
import { toData } from '../site/open-site.ts'
import { createStore } from '../site/store.ts'

type Load = {
  modelCid: string
  /** Null once it has ended. */
  controller: AbortController | null
  error: WeftErrorData | null
}

/** The last one; a tab has one engine. */
export const lastLoad = createStore<Load | null>(null)

/** Fetches, loads and tests a model. What fails is told in `lastLoad`. */
export async function load(
  models: Models,
  { modelCid, backend }: { modelCid: string; backend: BackendChoice },
): Promise<void> {
  const controller = new AbortController()
  lastLoad.update((before) => {
    before?.controller?.abort()
    return { modelCid, controller, error: null }
  })
  let error: WeftErrorData | null = null
  try {
    await models.prepare(modelCid, backend, { signal: controller.signal })
  } catch (thrown) {
    if (!controller.signal.aborted) error = toData(thrown)
  }
  lastLoad.update((now) =>
    now?.controller === controller ? { modelCid, controller: null, error } : now,
  )
}
