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

/** `task` null takes any. */
type Wanted = { name: string; task: Manifest['task'] | null }

/**
 * By CID, or by name (`weft/bobbin-2m`): of several variants of one name the one that most nodes serve, else the
 * first of the site's list. What people call it (`Bobbin`) does as well, where the site calls one model so.
 * @throws WeftError `sdk/unknown-model`, `sdk/wrong-task`
 */
export function findModel(models: readonly ModelEntry[], { name, task }: Wanted): ModelEntry {
  const named = namedModels(models, name)
  const fitting = named.filter(({ manifest }) => task === null || manifest.task === task)
  const [first, ...others] = fitting
  if (first) {
    return others.reduce(
      (best, entry) => ((entry.liveNodes ?? 0) > (best.liveNodes ?? 0) ? entry : best),
      first,
    )
  }
  if (named.length > 0) {
    const wanted =
      task === 'chat'
        ? 'answers'
        : task === 'embedding'
          ? 'makes vectors of texts'
          : 'writes down speech'
    const sentence = `This model is for something else. Choose one that ${wanted}.`
    throw new WeftError('sdk/wrong-task', sentence, { facts: [`Model: ${name}`] })
  }
  throw unknownModel(models, { name, task })
}

/** A stranger's model has a name of its publisher's choice, so it is found by its id and CID alone. */
function namedModels(models: readonly ModelEntry[], name: string): readonly ModelEntry[] {
  const exact = models.filter(({ modelCid, manifest }) => [modelCid, manifest.id].includes(name))
  if (exact.length > 0) return exact
  const called = models.filter(
    ({ manifest, publisher }) =>
      publisher === null && manifest.name === name && manifest.task !== 'layers',
  )
  return new Set(called.map(({ manifest }) => manifest.id)).size === 1 ? called : []
}

const mostNamed = 5

/** Names a few that there are. */
function unknownModel(models: readonly ModelEntry[], { name, task }: Wanted): WeftError {
  const ids = models
    .filter(({ manifest }) => (task === null ? manifest.task !== 'layers' : manifest.task === task))
    .filter(({ publisher }) => publisher === null)
    .map(({ manifest }) => manifest.id)
  const some = [...new Set(ids)].slice(0, mostNamed)
  const there = some.length > 0 ? ` There is, for example: ${some.join(', ')}.` : ''
  const sentence = `There is no model ${name.slice(0, 80)} here.${there} All are at /v1/models, or models.list() of a client.`
  return new WeftError('sdk/unknown-model', sentence, { facts: ['Nothing was sent or charged.'] })
}

type WantedSpeech = { model: string | undefined; language: string | undefined }

/** @throws WeftError `sdk/no-speech`, `sdk/unknown-model`, `sdk/wrong-task` */
export function findSpeechModel(
  models: readonly ModelEntry[],
  { model, language }: WantedSpeech,
): ModelEntry {
  const named = model === undefined ? models : [findModel(models, { name: model, task: 'speech' })]
  const found = named.find(
    ({ manifest }) =>
      manifest.task === 'speech' &&
      (language === undefined || manifest.languages.includes(language)),
  )
  if (found) return found
  const sentence = language
    ? `No model here writes down speech in the language ${language.slice(0, 20)}.`
    : 'No model here writes down speech.'
  throw new WeftError('sdk/no-speech', sentence, {
    facts: ['Nothing was sent or charged. A site offers one by a manifest with `task: "speech"`.'],
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
  const named = namedModels(models(), name)
  const fitting = named.filter(({ manifest }) => task === null || manifest.task === task)
  const isClear = fitting.length === 1 || fitting.some(({ liveNodes }) => liveNodes !== null)
  if (!isClear && (named.length === 0 || fitting.length > 1)) {
    await refresh?.(signal ? { signal } : {})
  }
  return findModel(models(), wanted)
}
