/**
 * Speech to text by an encoder over samples and a decoder whose key/value cache is the state of its graph: Moonshine, in
 * the layout of the hub.
 * Source: https://github.com/moonshine-ai/moonshine
 * @module
 */
import { Tokenizer } from '@huggingface/tokenizers'
import { type SpeechManifest, WeftError } from '@weft/protocol'
import type { WaitOptions } from '../engine.ts'
import {
  badModel,
  externalWeights,
  type ModelFiles,
  readJson,
  requireFile,
} from '../model/model-config.ts'
import type { Graph, OpenGraphInit } from '../run-graph/graph.ts'
import { type GraphSchema, type TensorSpec, tensor } from '../run-graph/schema.ts'
import { type AudioWindow, sampleRate, splitAudio } from './split-audio.ts'

export type SpeechSegment = { startMs: number; endMs: number; text: string }

export type TranscribeOptions = WaitOptions & {
  /** What was heard so far, segment by segment. */
  onSegment?: (segment: SpeechSegment) => void
}

export type Transcriber = {
  /**
   * @param samples - at 16 kHz, one channel, from -1 to 1, half an hour at most
   * @throws WeftError `engine/bad-audio`, as `Graph.run`, CancelledError
   */
  transcribe(samples: Float32Array, options?: TranscribeOptions): Promise<SpeechSegment[]>
  close(): Promise<void>
}

export type TranscriberInit = {
  manifest: Pick<SpeechManifest, 'graph' | 'writer'>
  /** By path; taken over. */
  files: ModelFiles
  openGraph: (init: OpenGraphInit<GraphSchema>, options?: WaitOptions) => Promise<Graph>
}

/** Nobody speaks faster; without a bound a lost model writes for ever. */
const maxTokensPerSecond = 6.5

/** @throws WeftError `engine/bad-model`, `engine/unsupported`; as opening a graph; CancelledError */
export async function openTranscriber(
  { manifest, files, openGraph }: TranscriberInit,
  options: WaitOptions = {},
): Promise<Transcriber> {
  const shape = readShape(files)
  const decode = openDecoder(files)
  const open = (path: string, schema?: GraphSchema) =>
    openGraph(
      {
        graph: requireFile(files, path),
        externalData: externalWeights(path, files),
        // Of 6 million multiplications a token: the CPU is quicker than the way to a GPU.
        backend: 'wasm',
        ...(schema ? { schema } : {}),
      },
      options,
    )
  const listener = await open(manifest.graph)
  const writer = await open(manifest.writer, writerOf(shape)).catch(async (error) => {
    await listener.close()
    throw error
  })
  return {
    async transcribe(samples, { onSegment, ...options } = {}) {
      checkAudio(samples)
      const segments: SpeechSegment[] = []
      for (const window of splitAudio(samples)) {
        const tokens = await write({ listener, writer, shape }, window, options)
        const { startMs, endMs } = window
        const segment = { startMs, endMs, text: decode(tokens).trim() }
        if (segment.text === '') continue
        segments.push(segment)
        onSegment?.(segment)
      }
      return segments
    },
    async close() {
      await Promise.all([listener.close(), writer.close()])
    },
  }
}

type Shape = { caches: string[]; heads: number; headSize: number; begin: bigint; end: number }
type Graphs = { listener: Graph; writer: Graph; shape: Shape }

/** The likeliest token after the other, until it ends. */
async function write(
  { listener, writer, shape }: Graphs,
  { samples }: AudioWindow,
  options: WaitOptions,
): Promise<number[]> {
  const { caches, heads, headSize, begin, end } = shape
  const fed = { dtype: 'float32', dims: [1, samples.length], data: samples } as const
  const heard = Object.values(await listener.run({ input_values: fed }, options))[0]
  if (!heard) throw badModel('Its encoder gives nothing.')
  const empty = { dtype: 'float32', dims: [1, heads, 1, headSize] } as const
  const noCache = Object.fromEntries(
    caches.map((name) => [
      `past_key_values.${name}`,
      { ...empty, data: new Float32Array(heads * headSize) },
    ]),
  )
  const grown = caches.filter((name) => name.includes('decoder'))
  const most = Math.ceil((samples.length / sampleRate) * maxTokensPerSecond)
  const tokens: number[] = []
  while (tokens.length < most) {
    const isFirst = tokens.length === 0
    const last = isFirst ? begin : BigInt(tokens.at(-1) ?? 0)
    const feeds = {
      input_ids: { dtype: 'int64', dims: [1, 1], data: BigInt64Array.of(last) },
      encoder_hidden_states: heard,
      use_cache_branch: { dtype: 'bool', dims: [1], data: Uint8Array.of(isFirst ? 0 : 1) },
      ...(isFirst ? noCache : {}),
    } as const
    // The keys and values of what was heard are made once.
    const keep = isFirst ? {} : { keep: grown.map((name) => `past_key_values.${name}`) }
    const { logits } = await writer.run(feeds, { ...options, fetches: ['logits'], ...keep })
    const token = largest(logits?.data as Float32Array)
    if (token === end) break
    tokens.push(token)
  }
  return tokens
}

function largest(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? 0) ? index : best), 0)
}

function writerOf({ caches, heads, headSize }: Shape): GraphSchema {
  const dims = ['batch', heads, '', headSize]
  const specs = (prefix: string): Record<string, TensorSpec> =>
    Object.fromEntries(caches.map((name) => [`${prefix}.${name}`, tensor('float32', dims)]))
  return {
    inputs: {
      input_ids: tensor('int64', ['batch', 'tokens']),
      encoder_hidden_states: tensor('float32', ['batch', 'frames', heads * headSize]),
      use_cache_branch: tensor('bool', [1]),
      ...specs('past_key_values'),
    },
    outputs: { logits: tensor('float32', ['batch', 'tokens', 'words']), ...specs('present') },
    state: Object.fromEntries(caches.map((name) => [`past_key_values.${name}`, `present.${name}`])),
  }
}

/** @throws WeftError `engine/unsupported` */
function readShape(files: ModelFiles): Shape {
  const config = readJson(files, 'config.json')
  if (config.model_type !== 'moonshine') {
    throw new WeftError('engine/unsupported', 'Weft cannot listen with models of this kind.', {
      facts: [`Kind: ${String(config.model_type)}`, 'It can with: moonshine'],
    })
  }
  const number = (name: string): number => {
    const value = config[name]
    if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value)
    throw badModel(`config.json has no ${name}.`)
  }
  const heads = number('decoder_num_key_value_heads')
  const layers = number('decoder_num_hidden_layers')
  const caches = Array.from({ length: layers }, (_, layer) =>
    ['decoder', 'encoder'].flatMap((side) => [`${layer}.${side}.key`, `${layer}.${side}.value`]),
  )
  return {
    caches: caches.flat(),
    heads,
    headSize: number('hidden_size') / heads,
    begin: BigInt(number('decoder_start_token_id')),
    end: number('eos_token_id'),
  }
}

function openDecoder(files: ModelFiles): (tokens: number[]) => string {
  const json = readJson(files, 'tokenizer.json')
  try {
    const tokenizer = new Tokenizer(json, {})
    return (tokens) =>
      tokens.length === 0 ? '' : tokenizer.decode(tokens, { skip_special_tokens: true })
  } catch (cause) {
    throw badModel('Its tokenizer is of a kind that Weft cannot read.', cause)
  }
}

const maxMinutes = 30

/** @throws WeftError `engine/bad-audio` */
function checkAudio(samples: Float32Array): void {
  const minutes = samples.length / sampleRate / 60
  const fact =
    samples.length === 0
      ? 'It is empty.'
      : minutes > maxMinutes
        ? `It has ${Math.ceil(minutes)} minutes; ${maxMinutes} are the most.`
        : samples.some((sample) => !Number.isFinite(sample))
          ? 'It has samples that are no numbers.'
          : null
  if (!fact) return
  throw new WeftError(
    'engine/bad-audio',
    'This audio cannot be listened to. Give one channel at 16 kHz, as numbers from -1 to 1.',
    { facts: [fact] },
  )
}
