/**
 * The JSON files of a Hugging Face model folder, read through a manifest's file map.
 * @module
 */
import { WeftError } from '@weft/protocol'

export type ModelFiles = ReadonlyMap<string, Uint8Array>

export type ModelConfig = {
  /** A token of these ends the answer. */
  endTokens: ReadonlySet<number>
  tokenizerJson: object
  tokenizerConfig: TokenizerConfig
  /** Jinja source. */
  chatTemplate: string
  /** How many tokens back the layers see that see least; null where all see all. */
  windowTokens: number | null
}

export type TokenizerConfig = Record<string, unknown>

/** @throws WeftError `engine/bad-model` that names the file */
export function readModelConfig(files: ModelFiles): ModelConfig {
  const config = readJson(files, 'config.json')
  const generation = files.has('generation_config.json')
    ? readJson(files, 'generation_config.json')
    : {}
  const tokenizerConfig = readJson(files, 'tokenizer_config.json')
  const tokenizerJson = readJson(files, 'tokenizer.json')
  const endTokens = [
    generation.eos_token_id ?? config.eos_token_id,
    // Some name the end of a turn only here, as text.
    tokenOf(tokenizerJson, specialTokenTexts(tokenizerConfig).eos_token),
  ]
    .flat()
    .filter((token) => typeof token === 'number')
  return {
    endTokens: new Set(endTokens),
    tokenizerJson,
    tokenizerConfig,
    chatTemplate: chatTemplateOf(files, tokenizerConfig),
    windowTokens: windowTokensOf(config),
  }
}

/** As the families of Hugging Face's Transformers name it. */
const windowNames = [
  'sliding_window',
  'attention_chunk_size',
  'attention_window_size',
  'window_size',
]

function windowTokensOf(config: Record<string, unknown>): number | null {
  const { text_config: text, use_sliding_window: isUsed } = config
  const windows = windowNames
    .filter((name) => name !== 'sliding_window' || isUsed !== false)
    .map((name) => config[name])
    .filter((value) => typeof value === 'number')
  if (text && typeof text === 'object') {
    windows.push(windowTokensOf(text as Record<string, unknown>) ?? Number.POSITIVE_INFINITY)
  }
  const least = Math.min(...windows)
  return least === Number.POSITIVE_INFINITY ? null : least
}

function tokenOf(tokenizerJson: object, text: string | undefined): number | undefined {
  const { added_tokens: added = [] } = tokenizerJson as {
    added_tokens?: { id: number; content: string }[]
  }
  return added.find(({ content }) => content === text)?.id
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

/** `bos_token`, `eos_token` and the like: texts, or objects that hold one as `content`. */
export function specialTokenTexts(config: TokenizerConfig): Record<string, string> {
  const entries = Object.entries(config)
    .filter(([name]) => name.endsWith('_token'))
    .map(([name, value]) => [name, textOf(value)] as const)
  return Object.fromEntries(entries.filter(([, text]) => text !== undefined)) as Record<
    string,
    string
  >
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || !('content' in value)) return undefined
  return typeof value.content === 'string' ? value.content : undefined
}
