/**
 * The import under way. It lives beside the pages: it goes on, and can be cancelled, when the person
 * comes back.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'
import type { ImportReport, Models } from '@weft/sdk'
import { toData } from '../site/open-site.ts'
import { createStore } from '../site/store.ts'

type ImportState =
  | { phase: 'idle' }
  | { phase: 'running'; loadedBytes: number; totalBytes: number; controller: AbortController }
  | { phase: 'done'; report: ImportReport }
  | { phase: 'failed'; error: WeftErrorData }

export const lastImport = createStore<ImportState>({ phase: 'idle' })

/** Whether more files came while an import ran; they were not taken. Until the next one begins. */
export const wasRefused = createStore(false)

/**
 * Checks the files and keeps the model they are of. What comes of it is told in `lastImport`.
 * @param readFiles - called at once, or not at all while another import runs
 */
export async function importFiles(
  models: Pick<Models, 'import'>,
  readFiles: () => Promise<File[]> | readonly File[],
): Promise<void> {
  const isRunning = lastImport.get().phase === 'running'
  wasRefused.update(() => isRunning)
  if (isRunning) return
  const controller = new AbortController()
  const { signal } = controller
  const onProgress = (progress: { loadedBytes: number; totalBytes: number }) =>
    lastImport.update(() => ({ phase: 'running', controller, ...progress }))
  onProgress({ loadedBytes: 0, totalBytes: 0 })
  try {
    const report = await models.import(await readFiles(), { signal, onProgress })
    lastImport.update(() => ({ phase: 'done', report }))
  } catch (error) {
    const next: ImportState = signal.aborted
      ? { phase: 'idle' }
      : { phase: 'failed', error: toData(error) }
    lastImport.update(() => next)
  }
}
