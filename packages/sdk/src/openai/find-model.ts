/**
 * Which model a request means.
 * @module
 */
import { type Manifest, WeftError } from '@weft/protocol'
import type { ModelEntry, WaitOptions } from '../tab.ts'

export type Models = {
  models(): readonly ModelEntry[]
  refresh?(options?: WaitOptions): Promise<void>
}

type Wanted = { name: string; task: Manifest['task'] }

/**
 * By CID, or by name (`weft/bobbin-2m`): of several variants of one name the one that most nodes serve, else the
 * first of the site's list.
 * @throws WeftError `sdk/unknown-model`, `sdk/wrong-task`
 */
export function findModel(models: readonly ModelEntry[], { name, task }: Wanted): ModelEntry {
  const named = models.filter(({ modelCid, manifest }) => [modelCid, manifest.id].includes(name))
  const fitting = named.filter(({ manifest }) => manifest.task === task)
  const [first, ...others] = fitting
  if (first) {
    return others.reduce(
      (best, entry) => ((entry.liveNodes ?? 0) > (best.liveNodes ?? 0) ? entry : best),
      first,
    )
  }
  if (named.length > 0) {
    const sentence =
      task === 'chat'
        ? 'This model makes vectors of texts. Choose one that answers.'
        : 'This model answers. Choose one that makes vectors of texts.'
    throw new WeftError('sdk/wrong-task', sentence, { facts: [`Model: ${name}`] })
  }
  throw new WeftError('sdk/unknown-model', `There is no model ${name.slice(0, 80)} here.`, {
    facts: ['Nothing was sent or charged. `models.list()` tells which there are.'],
  })
}

/**
 * As `findModel`, and asks the network where the site knows no such model, or several and nothing of their nodes.
 * @throws WeftError `sdk/unknown-model`, `sdk/wrong-task`
 */
export async function findModelAnywhere(
  { models, refresh }: Models,
  wanted: Wanted,
  { signal }: { signal?: AbortSignal | undefined },
): Promise<ModelEntry> {
  const { name, task } = wanted
  const named = models().filter(({ modelCid, manifest }) => [modelCid, manifest.id].includes(name))
  const fitting = named.filter(({ manifest }) => manifest.task === task)
  const isClear = fitting.length === 1 || fitting.some(({ liveNodes }) => liveNodes !== null)
  if (!isClear && (named.length === 0 || fitting.length > 1)) {
    await refresh?.(signal ? { signal } : {})
  }
  return findModel(models(), wanted)
}
