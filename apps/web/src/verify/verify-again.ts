/**
 * Verify was on when the page was left, and the person wished that it comes back by itself.
 * @module
 */
import { chatModels } from '../models/model-names.ts'
import type { OpenedTab } from '../site/open-site.ts'
import { readPreference } from '../site/preferences.ts'
import { backendHere } from '../site/prepare-here.ts'
import { canCheck } from './check-too.ts'

/** In one tab of this browser at most. Rejects with what the verifier's sentence says. */
export async function verifyAgain(opened: OpenedTab): Promise<void> {
  const { node, verifier, models } = opened.tab
  if (!readPreference('verified') || !readPreference('verifiesAgain')) return
  // Where it serves again, the checks come with that.
  if (readPreference('served') && readPreference('servesAgain')) return
  const list = chatModels(models.list.get()).filter(canCheck)
  const wanted = readPreference('servedModelCid')
  const model = list.find(({ modelCid }) => modelCid === wanted) ?? list[0]
  if (!model || !(await node.mayServeAgain())) return
  const backend = await backendHere(opened, model)
  // The person may have been quicker.
  if (verifier.state.get().phase !== 'off') return
  await verifier.start({ modelCid: model.modelCid, backend })
}
