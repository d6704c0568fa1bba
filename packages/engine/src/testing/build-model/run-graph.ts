/**
 * Runs a made-up decoder's graph on whole batches, for tests; any ONNX Runtime.
 * @module
 */
import type { InferenceSession, Tensor } from 'onnxruntime-web'
import type { OrtModule } from '../../runtime.ts'
import type { Recipe } from './recipe.ts'

export type StepInit = {
  /** By row of the batch, all of one length. */
  tokens: readonly (readonly number[])[]
  /** From the step before. */
  cache?: Record<string, Tensor>
  /** By row: 1 where a position counts, over past and step; all of them when left out. */
  mask?: readonly (readonly number[])[]
  /** Further inputs by name. */
  feeds?: Record<string, Tensor>
}

export type StepResult = { outputs: Record<string, Tensor>; cache: Record<string, Tensor> }

/** One run; positions count what the mask lets through. */
export async function runStep(
  session: InferenceSession,
  { ort, recipe, ...init }: StepInit & { ort: OrtModule; recipe: Recipe },
): Promise<StepResult> {
  const { kvHeads, headDim } = recipe.shape
  const { tokens, cache, feeds: further = {} } = init
  const batch = tokens.length
  const count = tokens[0]?.length ?? 0
  const past = cache?.['past_key_values.0.key']?.dims[2] ?? 0
  const mask = init.mask ?? tokens.map(() => new Array<number>(past + count).fill(1))
  const int64 = (rows: readonly (readonly number[])[]) =>
    new ort.Tensor('int64', BigInt64Array.from(rows.flat().map(BigInt)), [
      batch,
      rows[0]?.length ?? 0,
    ])
  const feeds: Record<string, Tensor> = { input_ids: int64(tokens), attention_mask: int64(mask) }
  if (session.inputNames.includes('position_ids')) {
    feeds.position_ids = int64(mask.map((row) => positionsOf(row).slice(past)))
  }
  const dims = [batch, kvHeads, 0, headDim]
  const empty = () =>
    recipe.dtype.endsWith('16')
      ? new ort.Tensor('float16', new Uint16Array(0), dims)
      : new ort.Tensor('float32', new Float32Array(0), dims)
  const pastNames = session.inputNames.filter((name) => name.startsWith('past_key_values.'))
  for (const name of pastNames) feeds[name] = cache?.[name] ?? empty()
  const outputs = (await session.run({ ...feeds, ...further })) as Record<string, Tensor>
  const presentOf = (name: string) => outputs[name.replace('past_key_values', 'present')] as Tensor
  return { outputs, cache: Object.fromEntries(pastNames.map((name) => [name, presentOf(name)])) }
}

function positionsOf(mask: readonly number[]): number[] {
  let seen = 0
  return mask.map((one) => {
    seen += one
    return Math.max(0, seen - 1)
  })
}
