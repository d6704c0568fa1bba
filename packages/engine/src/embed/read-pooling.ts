/**
 * How a folder of sentence-transformers makes one vector of a text's token vectors.
 * Source: https://sbert.net/docs/package_reference/sentence_transformer/models.html
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { ModelFiles, Pooling } from '../engine.ts'
import { badModel, readJson } from '../model/model-config.ts'

/** By the names of `1_Pooling/config.json`, older and newer. */
const poolings: Record<string, Pooling> = {
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_cls_token: 'cls',
  pooling_mode_lasttoken: 'last',
  mean: 'mean',
  cls: 'cls',
  lasttoken: 'last',
}

/**
 * @returns `mean` where the folder says nothing
 * @throws WeftError `engine/bad-model`, `engine/unsupported` for another pooling
 */
export function readPooling(files: ModelFiles): Pooling {
  const path = `${poolingFolder(files)}/config.json`
  if (!files.has(path)) return 'mean'
  const config = readJson(files, path)
  const named = typeof config.pooling_mode === 'string' ? [config.pooling_mode] : []
  const switchedOn = Object.keys(config).filter(
    (name) => name.startsWith('pooling_mode_') && config[name] === true,
  )
  const modes = [...named, ...switchedOn]
  const [pooling, ...others] = modes.map((mode) => poolings[mode])
  if (pooling && others.length === 0) return pooling
  throw unsupportedEncoder(`It pools by ${modes.join(' and ') || 'nothing'}.`)
}

/** From the list of modules that a text goes through. */
function poolingFolder(files: ModelFiles): string {
  const fallback = '1_Pooling'
  if (!files.has('modules.json')) return fallback
  // A list is an object too.
  const modules = Object.values(readJson(files, 'modules.json')) as Partial<
    Record<'type' | 'path', unknown>
  >[]
  const found = modules.find((entry) => String(entry?.type).endsWith('.Pooling'))
  if (!found) return fallback
  if (typeof found.path !== 'string') throw badModel('modules.json does not say where Pooling is.')
  return found.path
}

export function unsupportedEncoder(fact: string): WeftError {
  return new WeftError(
    'engine/unsupported',
    'This model does not make vectors of texts in a way that Weft knows. Choose another model.',
    { facts: [fact] },
  )
}
