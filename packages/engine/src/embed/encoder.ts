/**
 * A graph that gives vectors for tokens, in the layouts of Hugging Face's exporter: BERT-like encoders
 * (`input_ids`, `attention_mask`, perhaps `token_type_ids` and `position_ids`), and decoders that were
 * trained to embed, whose key/value cache is fed empty. Discovered by name, so no model is special.
 * @module
 */
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { maxFloatWeightBytes } from '../decoder/cpu-memory.ts'
import { createGuard, releaseSession } from '../executor/guard.ts'
import { float32OfHalves } from '../graph/float16.ts'
import { logitRows } from '../graph/last-logits.ts'
import { prepareGraph } from '../graph/prepare-graph.ts'
import { type OpenSessionInit, openSession } from '../model/open-session.ts'
import type { Runtime } from '../runtime.ts'
import type { TokenVectors } from './pool.ts'
import { unsupportedEncoder } from './read-pooling.ts'

export type Encoder = {
  /** Whether texts of unequal length may share a step. */
  masks: boolean
  /**
   * @param texts token ids, each at least one; padded on the right
   * @returns vectors of tokens, float32 [texts, longest, width], and of texts, float32 [texts, width]
   * @throws WeftError `engine/not-loaded`, `engine/device-lost`, `engine/out-of-memory`,
   *   `engine/run-failed`
   */
  step(texts: readonly number[][]): Promise<{ tokens?: TokenVectors; texts?: TokenVectors }>
  release(): Promise<void>
}

const tokenOutputs = ['token_embeddings', 'last_hidden_state', 'hidden_states']

/** @throws WeftError `engine/bad-graph`, `engine/unsupported`, `engine/out-of-memory` */
export async function openEncoder(init: OpenSessionInit): Promise<Encoder> {
  const { runtime } = init
  // Quantised by row, so that a text does not depend on who shares its step.
  const { graph, externalData } = prepareGraph({
    graph: init.graph,
    externalData: init.externalData,
    target: runtime.executionProvider === 'webgpu' ? 'webgpu' : 'cpu',
    maxFloatWeightBytes,
  })
  const session = await openSession({ runtime, graph, externalData })
  try {
    return encoderOf(session, runtime)
  } catch (error) {
    await releaseSession(session)
    throw error
  }
}

function encoderOf(session: InferenceSession, runtime: Runtime): Encoder {
  const { outputNames } = session
  const tokenOutput = tokenOutputs.find((name) => outputNames.includes(name))
  // BERT's pooler was trained for another task: better than nothing, worse than the tokens.
  const textOutput = ['sentence_embedding', ...(tokenOutput ? [] : ['pooler_output'])].find(
    (name) => outputNames.includes(name),
  )
  const fetches = [tokenOutput, textOutput].filter((name) => name !== undefined)
  if (fetches.length === 0) throw unsupportedEncoder(`Its outputs: ${outputNames.join(', ')}`)
  const makers = session.inputMetadata.map((input) => makerOf(input))
  const guard = createGuard(runtime)
  return {
    masks: session.inputNames.includes('attention_mask'),
    async step(texts) {
      const columns = Math.max(...texts.map(({ length }) => length))
      const batch: Batch = { texts, columns, Tensor: runtime.ort.Tensor }
      const feeds = Object.fromEntries(makers.map(({ name, make }) => [name, make(batch)]))
      const results = await guard.run(() => session.run(feeds, fetches))
      const read = (name: string | undefined, vectors: number) =>
        name && vectorsOf(results[name] as Tensor, { rows: texts.length, columns: vectors })
      const tokens = read(tokenOutput, columns)
      const whole = read(textOutput, 1)
      return { ...(tokens ? { tokens } : {}), ...(whole ? { texts: whole } : {}) }
    },
    async release() {
      guard.close()
      await releaseSession(session)
    },
  }
}

type Batch = { texts: readonly number[][]; columns: number; Tensor: typeof Tensor }
type Maker = { name: string; make(batch: Batch): Tensor }

/** By column of a text of `length` tokens. */
const columnValues: Record<string, (column: number, text: readonly number[]) => number> = {
  input_ids: (column, text) => text[column] ?? 0,
  attention_mask: (column, { length }) => (column < length ? 1 : 0),
  token_type_ids: () => 0,
  position_ids: (column) => column,
}

/** @throws WeftError `engine/unsupported` for an input that nobody knows */
function makerOf(input: InferenceSession.ValueMetadata): Maker {
  const { name } = input
  const valueAt = columnValues[name]
  if (valueAt) {
    const make = ({ texts, columns, Tensor }: Batch): Tensor => {
      const values = texts.flatMap((text) =>
        Array.from({ length: columns }, (_, column) => BigInt(valueAt(column, text))),
      )
      return new Tensor('int64', BigInt64Array.from(values), [texts.length, columns])
    }
    return { name, make }
  }
  if (name === logitRows) {
    // Of a decoder's logits, which nobody reads here: as few as can be.
    const make = ({ Tensor }: Batch): Tensor => new Tensor('int64', BigInt64Array.of(0n), [1])
    return { name, make }
  }
  if (!name.startsWith('past_key_values.') || !input.isTensor) {
    throw unsupportedEncoder(`It asks for the input ${name}.`)
  }
  const { type, shape } = input
  const [, heads, , headSize] = shape
  if (typeof heads !== 'number' || typeof headSize !== 'number') {
    throw unsupportedEncoder(`It does not say the shape of ${name}.`)
  }
  const make = ({ texts, Tensor }: Batch): Tensor => {
    const dims = [texts.length, heads, 0, headSize]
    if (type === 'float16') return new Tensor('float16', new Uint16Array(0), dims)
    return new Tensor('float32', new Float32Array(0), dims)
  }
  return { name, make }
}

function vectorsOf(
  tensor: Tensor,
  { rows, columns }: { rows: number; columns: number },
): TokenVectors {
  const data = toFloat32(tensor.data)
  const width = tensor.dims.at(-1) ?? 0
  tensor.dispose()
  if (data.length !== rows * columns * width) {
    throw unsupportedEncoder(`It gave vectors of the shape [${tensor.dims.join(', ')}].`)
  }
  return { data, columns, width }
}

/** float16 arrives as Float16Array where the browser has it, else as its bits. */
function toFloat32(data: Tensor['data']): Float32Array {
  if (data instanceof Float32Array) return data
  if (data instanceof Uint16Array) return float32OfHalves(data)
  return Float32Array.from(data as ArrayLike<number>)
}
