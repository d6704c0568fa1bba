/**
 * Makes a model ready on this device before the tab answers or checks with it.
 * @module
 */
import type { BackendChoice, ModelEntry } from '@weft/sdk'
import { chosenBackend } from '../contribute/backend.ts'
import { backendToLoad, fitByChoice } from '../models/fit-by-choice.ts'
import type { OpenedTab } from './open-site.ts'

/** On the backend that its verdict names. What is loaded already stays as it is. */
export async function prepareHere(
  opened: OpenedTab,
  modelCid: string,
  signal: AbortSignal,
): Promise<void> {
  const { models } = opened.tab
  const engine = models.engine.get()
  if (engine.phase === 'ready' && engine.modelCid === modelCid) return
  const entry = models.list.get().find((each) => each.modelCid === modelCid)
  if (entry) await models.prepare(modelCid, await backendHere(opened, entry), { signal })
}

/** The backend that its verdict names for this device, or the one chosen under Contribute. */
export async function backendHere(
  { tab: { models }, fitsDevice, readDevice }: OpenedTab,
  { modelCid, needs }: ModelEntry,
): Promise<BackendChoice> {
  const choice = chosenBackend()
  const kept = models.cached.get().find((each) => each.modelCid === modelCid)
  const keptBytes = kept?.cachedBytes ?? 0
  const device = await readDevice()
  const fit = fitByChoice({ fitsDevice, needs, keptBytes, device, choice })
  return backendToLoad(choice, { fit, needs })
}
