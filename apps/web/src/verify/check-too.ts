/**
 * Who serves a model checks its answers as well, unless the person does not want that: the model is loaded anyway.
 * @module
 */
import type { ModelEntry, Tab, VerifyChoice } from '@weft/sdk'
import { readPreference } from '../site/preferences.ts'

/** @returns whether answers of a model can be judged: somebody has measured how far honest devices are apart */
export function canCheck({ manifest }: Pick<ModelEntry, 'manifest'>): boolean {
  return manifest.task === 'chat' && manifest.thresholds !== undefined
}

/** Never rejects: the verifier's state says what failed. */
export async function checkToo(
  { verifier }: Pick<Tab, 'verifier'>,
  model: ModelEntry,
  backend: VerifyChoice['backend'],
): Promise<void> {
  if (!readPreference('checksToo') || !canCheck(model)) return
  if (verifier.state.get().phase !== 'off' && verifier.state.get().phase !== 'failed') return
  await verifier.start({ modelCid: model.modelCid, backend }).catch(() => {})
}
