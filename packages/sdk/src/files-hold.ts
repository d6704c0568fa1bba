/**
 * Keeps other tabs from deleting the model that this one has loaded.
 * @module
 */

import { unlessAborted } from '@weft/protocol'
import type { ModelStore } from '@weft/storage'

export type FilesHold = {
  /** Holds this model and no other; waits while a tab deletes it. @throws CancelledError */
  take(modelCid: string, signal: AbortSignal): Promise<void>
  letGo(): void
}

export function createFilesHold(store: Pick<ModelStore, 'hold'>): FilesHold {
  let release = () => {}
  return {
    async take(modelCid, signal) {
      release()
      const held = store.hold(modelCid)
      try {
        release = await unlessAborted(held, signal, 'Preparing the model')
      } catch (error) {
        held.then((late) => late()).catch(() => {})
        throw error
      }
    },
    letGo: () => release(),
  }
}
