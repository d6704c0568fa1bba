/**
 * What all layers share: positions, rotary tables, masks or lengths, computed once at the graph's head.
 * @module
 */
import { tensorType } from '../../graph/onnx.ts'
import { floatsAs } from './linear.ts'
import { rotaryDim, sliding } from './recipe.ts'
import { float, type Scope } from './scope.ts'

/** Tables [context, turning half]; the same at the step's positions, [batch, 1, tokens, half]. */
export type Rotary = { cos: string; sin: string; cosAt: string; sinAt: string }

export type Prelude = {
  /** int64 [batch or 1, tokens] */
  positions: string
  rotary: Rotary
  /** Of layers that slide. */
  localRotary: Rotary
  /** Added to scores, [batch, 1, tokens, total]. Concat graphs only. */
  mask: string
  localMask: string
  /** int64 [1]: past and step together. */
  totalVector: string
  /** int32 [batch]: length of each row less one. GroupQueryAttention only, as is the next. */
  lastPositions: string
  /** int32 scalar */
  totalLength: string
}

export function prelude(scope: Scope): Prelude {
  const { writer, recipe, traits } = scope
  const gqa = recipe.attention === 'gqa'
  const lengthOf = (input: string) =>
    writer.node('Gather', [writer.node('Shape', [input]), writer.int(1)], {
      attributes: { axis: 0 },
    })
  const total = lengthOf('attention_mask')
  const past = writer.node('Sub', [total, lengthOf('input_ids')])
  const rows = writer.node('Range', [past, total, writer.int(1)])
  const positions = recipe.positionIds
    ? 'position_ids'
    : writer.node('Unsqueeze', [rows, writer.ints(0)])
  const rotary = rotaryTables(scope, { positions, theta: traits.ropeTheta })
  const masks = gqa ? { mask: '', localMask: '' } : concatMasks(scope, { total, rows })
  return {
    positions,
    rotary,
    localRotary: traits.gemma
      ? rotaryTables(scope, { positions, theta: sliding.ropeTheta })
      : rotary,
    ...masks,
    totalVector: gqa ? '' : writer.node('Unsqueeze', [total, writer.ints(0)]),
    lastPositions: gqa ? lastPositions(scope) : '',
    totalLength: gqa ? writer.node('Cast', [total], { attributes: { to: tensorType.int32 } }) : '',
  }
}

function rotaryTables(
  { writer, recipe }: Scope,
  { positions, theta }: { positions: string; theta: number },
): Rotary {
  const half = rotaryDim(recipe) / 2
  const { context } = recipe.shape
  const table = (kind: 'cos' | 'sin') => {
    const values = Float32Array.from({ length: context * half }, (_, index) => {
      const frequency = theta ** (-(index % half) / half)
      return Math[kind](Math.floor(index / half) * frequency)
    })
    return writer.tensor(`${kind}_${theta}`, [context, half], floatsAs(recipe.dtype, values))
  }
  const [cos, sin] = [table('cos'), table('sin')]
  const at = (name: string) =>
    recipe.attention === 'gqa'
      ? ''
      : writer.node('Unsqueeze', [writer.node('Gather', [name, positions]), writer.ints(1)])
  return { cos, sin, cosAt: at(cos), sinAt: at(sin) }
}

function concatMasks(
  scope: Scope,
  { total, rows }: { total: string; rows: string },
): Pick<Prelude, 'mask' | 'localMask'> {
  const { writer, recipe, traits } = scope
  const columns = writer.node('Range', [writer.int(0), total, writer.int(1)])
  const column = writer.node('Unsqueeze', [columns, writer.ints(0)])
  const row = writer.node('Unsqueeze', [rows, writer.ints(1)])
  const causal = writer.node('LessOrEqual', [column, row])
  const padding = writer.node('Unsqueeze', ['attention_mask', writer.ints(1, 2)])
  const present = writer.node('Cast', [padding], { attributes: { to: tensorType.bool } })
  const additive = (allowed: string) => {
    const both = writer.node('And', [allowed, present])
    const lowest = recipe.dtype.endsWith('16') ? -65_504 : -3.4e38
    return writer.node('Where', [both, float(scope, 0), float(scope, lowest)])
  }
  const mask = additive(causal)
  if (!traits.gemma) return { mask, localMask: mask }
  const first = writer.node('Sub', [row, writer.int(sliding.window)])
  const near = writer.node('And', [causal, writer.node('Greater', [column, first])])
  return { mask, localMask: additive(near) }
}

function lastPositions({ writer }: Scope): string {
  const attributes = { keepdims: 0 }
  const lengths = writer.node('ReduceSum', ['attention_mask', writer.ints(1)], { attributes })
  const last = writer.node('Sub', [lengths, writer.ints(1)])
  return writer.node('Cast', [last], { attributes: { to: tensorType.int32 } })
}
