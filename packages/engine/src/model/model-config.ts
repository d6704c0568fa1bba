/**
 * The JSON files of a Hugging Face model folder, read through a manifest's file map.
 * @module
 */
import { WeftError } from '@weft/protocol'

export type ModelFiles = ReadonlyMap<string, Uint8Array>

export type ModelConfig = {
  layers: number
  /** A token of these ends the answer. */
  endTokens: ReadonlySet<number>
  tokenizerJson: object
  tokenizerConfig: TokenizerConfig
  /** Jinja source. */
  chatTemplate: string
}

export type TokenizerConfig = Record<string, unknown>

/** @throws WeftError `engine/bad-model` that names the file */
export function readModelConfig(files: ModelFiles): ModelConfig {
  const config = readJson(files, 'config.json')
  const generation = files.has('generation_config.json')
    ? readJson(files, 'generation_config.json')
    : {}
  const tokenizerConfig = readJson(files, 'tokenizer_config.json')
  const endTokens = [generation.eos_token_id ?? config.eos_token_id]
    .flat()
    .filter((token) => typeof token === 'number')
  const layers = config.num_hidden_layers
  if (typeof layers !== 'number') throw badModel('config.json has no num_hidden_layers.')
  return {
    layers,
    endTokens: new Set(endTokens),
    tokenizerJson: readJson(files, 'tokenizer.json'),
    tokenizerConfig,
    chatTemplate: chatTemplateOf(files, tokenizerConfig),
  }
}

/** @throws WeftError `engine/bad-model` */
export function requireFile(files: ModelFiles, path: string): Uint8Array {
  const bytes = files.get(path)
  if (!bytes) throw badModel(`The file ${path} is missing.`)
  return bytes
}

/** External weights: files beside the graph whose names begin with its own, e.g. `model.onnx_data`. */
export function externalWeights(
  graph: string,
  files: ModelFiles,
): { path: string; data: Uint8Array }[] {
  const folder = graph.slice(0, graph.lastIndexOf('/') + 1)
  return [...files]
    .filter(([path]) => path !== graph && path.startsWith(graph))
    .map(([path, data]) => ({ path: path.slice(folder.length), data }))
}

/** A string, a list of named ones (the default is taken), or a file of its own. */
function chatTemplateOf(files: ModelFiles, { chat_template: template }: TokenizerConfig): string {
  if (typeof template === 'string') return template
  const file = files.get('chat_template.jinja')
  if (file) return new TextDecoder().decode(file)
  if (Array.isArray(template)) {
    const named = template.find((entry) => entry?.name === 'default')
    if (typeof named?.template === 'string') return named.template
  }
  throw badModel('There is no chat template.')
}

export function readJson(files: ModelFiles, path: string): Record<string, unknown> {
  const bytes = requireFile(files, path)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw badModel(`${path} is not JSON.`, cause)
  }
  if (typeof value !== 'object' || value === null) throw badModel(`${path} is not a JSON object.`)
  return value as Record<string, unknown>
}

export function badModel(fact: string, cause?: unknown): WeftError {
  return new WeftError(
    'engine/bad-model',
    'The model folder is damaged or incomplete. Download it again.',
    {
      facts: [fact],
      cause,
    },
  )
}
