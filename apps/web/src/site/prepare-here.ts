/**
 * Makes a model ready on this device before the tab answers or checks with it.
 * @module
 */
import { chosenBackend } from '../contribute/backend.ts'
import { backendToLoad, fitByChoice } from '../models/fit-by-choice.ts'
import type { OpenedTab } from './open-site.ts'

/** On the backend that its verdict names. What is loaded already stays as it is. */
export async function prepareHere(
  { tab: { models }, fitsDevice, readDevice }: OpenedTab,
  modelCid: string,
  signal: AbortSignal,
): Promise<void> {
  const engine = models.engine.get()
  if (engine.phase === 'ready' && engine.modelCid === modelCid) return
  const entry = models.list.get().find((each) => each.modelCid === modelCid)
  if (!entry) return
  const { needs } = entry
  const choice = chosenBackend()
  const kept = models.cached.get().find((each) => each.modelCid === modelCid)
  const keptBytes = kept?.cachedBytes ?? 0
  const device = await readDevice()
  const fit = fitByChoice({ fitsDevice, needs, keptBytes, device, choice })
  await models.prepare(modelCid, backendToLoad(choice, { fit, needs }), { signal })
}
