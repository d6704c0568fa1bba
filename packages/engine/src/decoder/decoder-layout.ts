/**
 * What a decoder graph takes and gives, read from its names.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { InferenceSession } from 'onnxruntime-web'
import { bytesPerElement, type Executor, type FloatType } from '../executor/executor.ts'
import { hiddenRows, logitRows } from '../graph/last-logits.ts'
import { statesIn, statesOut } from '../layers/split-graph.ts'
import type { KvInput } from './kv-cache.ts'

export type DecoderLayout = {
  past: KvInput[]
  hasPositions: boolean
  /** The graph takes how many of the last positions' logits are wanted. */
  hasLogitsToKeep: boolean
  /** The graph takes which positions' logits are wanted, see `graph/last-logits.ts`. */
  choosesRows: boolean
  hiddenStates: { name: string; choosesRows: boolean } | null
  /** Where a row's tokens lie in the cache, see `kv-cache.ts`. */
  padding: 'holes' | 'right'
  kvCache: 'static' | 'growing'
  /** Rows of one step where the graph's shape fixes them, else null. */
  fixedRows: number | null
  /** Of one token in the cache, all layers. */
  bytesPerToken: number
}

/** Under which names graphs show their last hidden states. */
export const hiddenOutputs = [hiddenRows, 'last_hidden_state', 'hidden_states']

type GraphFacts = {
  /** Whether attention is com.microsoft GroupQueryAttention. */
  isGroupQuery: boolean
}

const otherInputs = [
  'input_ids',
  'attention_mask',
  'position_ids',
  'num_logits_to_keep',
  logitRows,
  statesIn,
]

type GraphBorder = Pick<Executor, 'inputs' | 'outputNames' | 'writesInPlace'>

/** @throws WeftError `engine/unsupported` when the graph is no decoder of this layout */
export function readLayout(border: GraphBorder, facts: GraphFacts): DecoderLayout {
  return readBorder(border, { ...facts, input: 'input_ids', output: 'logits' })
}

export type PartLayout = DecoderLayout & {
  /** The graph looks at how many tokens there are in `input_ids`, or reads them. */
  hasTokens: boolean
  /** What the graph takes from the part before it; null where it reads tokens. */
  states: FloatType | null
}

/** Of some layers, see `layers/split-graph.ts`. @throws WeftError `engine/unsupported` */
export function readPartLayout(border: GraphBorder, facts: GraphFacts): PartLayout {
  const given = border.inputs.find(({ name }) => name === statesIn)
  const input = given ? statesIn : 'input_ids'
  const layout = readBorder(border, { ...facts, input, output: statesOut })
  const type = given?.isTensor ? given.type : 'none'
  if (given && type !== 'float32' && type !== 'float16') throw unsupported(`It takes ${type}.`)
  return {
    ...layout,
    hasTokens: border.inputs.some(({ name }) => name === 'input_ids'),
    states: given ? (type as FloatType) : null,
  }
}

function readBorder(
  { inputs, outputNames, writesInPlace }: GraphBorder,
  { isGroupQuery, input, output }: GraphFacts & { input: string; output: string },
): DecoderLayout {
  const names = inputs.map(({ name }) => name)
  for (const name of [input, 'attention_mask']) {
    if (!names.includes(name)) throw unsupported(`It has no input ${name}.`)
  }
  if (!outputNames.includes(output)) throw unsupported(`It has no output ${output}.`)
  const past = inputs
    .filter(({ name }) => !otherInputs.includes(name))
    .map((input) => kvInput(input, outputNames))
  if (past.length === 0) throw unsupported('It has no key/value cache.')
  const fixedRows = fixedRowsOf(inputs)
  if (fixedRows !== null && fixedRows !== 1)
    throw unsupported(`It reads ${fixedRows} texts at once.`)
  return {
    past,
    hasPositions: names.includes('position_ids'),
    hasLogitsToKeep: names.includes('num_logits_to_keep'),
    choosesRows: names.includes(logitRows),
    hiddenStates: hiddenStatesOf(outputNames),
    padding: isGroupQuery ? 'right' : 'holes',
    kvCache: isGroupQuery && writesInPlace ? 'static' : 'growing',
    fixedRows,
    bytesPerToken: past.reduce(
      (sum, { heads, headSize, type }) => sum + heads * headSize * bytesPerElement(type),
      0,
    ),
  }
}

/**
 * Whether rows of unequal length may decode together as far as windows go. A graph with an explicit
 * mask counts its window in slots: a hole in a shorter row would push that row's tokens out of it.
 * @param windowTokens how far back some layer sees, null for everything
 */
export function keepsWindow(
  { padding }: Pick<DecoderLayout, 'padding'>,
  { windowTokens, contextTokens }: { windowTokens: number | null; contextTokens: number },
): boolean {
  return padding === 'right' || windowTokens === null || windowTokens >= contextTokens
}

export type CacheLimits = {
  /** Of prompt and answer together. */
  contextTokens: number
  /** That may decode together when each is as long as that. */
  rows: number
  /** No tensor may be larger. */
  maxTensorBytes: number
}

/**
 * @param maxTensorBytes of one tensor of the cache, [rows, heads, tokens, head size]
 * @param wantedTokens of prompt and answer together
 */
export function cacheLimits(
  { past, fixedRows }: Pick<DecoderLayout, 'past' | 'fixedRows'>,
  { maxTensorBytes, wantedTokens }: { maxTensorBytes: number; wantedTokens: number },
): CacheLimits {
  const largest = Math.max(
    ...past.map(({ heads, headSize, type }) => heads * headSize * bytesPerElement(type)),
  )
  const tokens = Math.floor(maxTensorBytes / largest)
  const contextTokens = Math.min(wantedTokens, tokens)
  const rows = fixedRows ?? Math.max(1, Math.floor(tokens / contextTokens))
  return { contextTokens, rows, maxTensorBytes }
}

function fixedRowsOf(inputs: Executor['inputs']): number | null {
  const input = inputs.find(({ name }) => name === 'input_ids' || name === statesIn)
  const rows = input?.isTensor ? input.shape[0] : undefined
  return typeof rows === 'number' && rows > 0 ? rows : null
}

function hiddenStatesOf(outputNames: readonly string[]): DecoderLayout['hiddenStates'] {
  if (outputNames.includes(hiddenRows)) return { name: hiddenRows, choosesRows: true }
  const name = hiddenOutputs.find((each) => outputNames.includes(each))
  return name ? { name, choosesRows: false } : null
}

function kvInput(input: InferenceSession.ValueMetadata, outputNames: readonly string[]): KvInput {
  const { name: past } = input
  const present = past.replace(/^past_key_values\./, 'present.')
  if (present === past || !outputNames.includes(present) || !input.isTensor) {
    throw unsupported(`It asks for the input ${past}.`)
  }
  const { type, shape } = input
  const [, heads, , headSize] = shape
  if (typeof heads !== 'number' || typeof headSize !== 'number') {
    throw unsupported(`It does not say the shape of ${past}.`)
  }
  if (type !== 'float32' && type !== 'float16') {
    throw unsupported(`Its key/value cache is ${type}.`)
  }
  return { past, present, type, heads, headSize }
}

function unsupported(fact: string): WeftError {
  return new WeftError('engine/unsupported', 'This graph is not a decoder that Weft can run.', {
    facts: [fact],
  })
}
