/**
 * One scale a row where dynamic quantisation has one a tensor. DynamicQuantizeLinear rounds all rows of
 * a step by the largest value among them, so what a prompt answers depends on who shares its batch and
 * on how it was cut into chunks. Here each row is rounded by its own largest value, and since products
 * of integers are exact, a row's result is its own. Levels are uint8 around 128: that takes the fast
 * kernel, where int8 takes one five times slower.
 * Source of the pattern: onnxruntime/python/tools/quantization/operators/matmul.py, MatMulInteger.
 * @module
 */
import { type Lookup, lookup } from './lookup.ts'
import { makeNode, makeTensor } from './make.ts'
import { type OnnxGraph, type OnnxModelWithGraph, type OnnxNode, tensorType } from './onnx.ts'

export type RowScales = { graph: OnnxGraph; turned: number; left: number }

const middle = 'weft_uint8_128'
const constants = {
  levels: 'weft_levels_each_side',
  offset: 'weft_level_offset',
  least: 'weft_least_row',
  lastAxis: 'weft_last_axis',
}

/** From here on ReduceMax takes its axes as an input. */
const axesAsInputSince = 18

export function toRowScales({ graph, opsetImport }: OnnxModelWithGraph): RowScales {
  const opset =
    opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1
  const values = lookup(graph)
  const all = graph.node.filter(({ opType }) => opType === 'DynamicQuantizeLinear')
  const turnable = all.filter((node) => isTurnable(values, node))
  const left = all.length - turnable.length
  if (turnable.length === 0) return { graph, turned: 0, left }
  const replaced = new Map<OnnxNode, OnnxNode[]>()
  for (const quantize of turnable) {
    replaced.set(quantize, rowQuantize(quantize, opset))
    const [, scale = '', zero = ''] = quantize.output
    for (const node of values.consumers(zero)) {
      const input = node.input.map((name) => (name === zero ? middle : name))
      replaced.set(node, [{ ...node, input }])
    }
    for (const scales of values.consumers(scale)) {
      replaced.set(scales, [])
      const weightScale = scales.input.find((name) => name !== scale) ?? ''
      for (const node of values.consumers(scales.output[0] ?? '')) {
        replaced.set(node, rescale(node, { product: scales.output[0], scale, weightScale }))
      }
    }
  }
  const node = graph.node.flatMap((each) => replaced.get(each) ?? [each])
  return {
    graph: { ...graph, node, initializer: [...graph.initializer, ...tensors()] },
    turned: turnable.length,
    left,
  }
}

/** Its levels go to integer products only, its scale to `x_scale · w_scale` that rescales them. */
function isTurnable(values: Lookup, { output }: OnnxNode): boolean {
  const [levels = '', scale = '', zero = ''] = output
  const all = (name: string, rule: (node: OnnxNode) => boolean) =>
    values.consumers(name).length > 0 && values.consumers(name).every(rule)
  return (
    all(levels, ({ opType, input }) => opType === 'MatMulInteger' && input[0] === levels) &&
    all(zero, ({ opType, input }) => opType === 'MatMulInteger' && input[2] === zero) &&
    values.consumers(levels).every(({ input }) => input[2] === zero) &&
    all(scale, (node) => node.opType === 'Mul' && all(node.output[0] ?? '', isMul))
  )
}

const isMul = ({ opType }: OnnxNode): boolean => opType === 'Mul'

/** Gives the levels and the scale, [..., 1], under the names that they had. */
function rowQuantize({ input, output }: OnnxNode, opset: number): OnnxNode[] {
  const [x = ''] = input
  const [levels = '', scale = ''] = output
  const step = (name: string) => `${levels}_${name}`
  const reduce =
    opset >= axesAsInputSince
      ? { input: [step('abs'), constants.lastAxis], attributes: { keepdims: 1 } }
      : { input: [step('abs')], attributes: { axes: [-1], keepdims: 1 } }
  return [
    makeNode('Abs', { input: [x], output: [step('abs')] }),
    makeNode('ReduceMax', { ...reduce, output: [step('most')] }),
    makeNode('Max', { input: [step('most'), constants.least], output: [step('some')] }),
    makeNode('Div', { input: [step('some'), constants.levels], output: [scale] }),
    makeNode('Div', { input: [x, scale], output: [step('ratio')] }),
    makeNode('Round', { input: [step('ratio')], output: [step('round')] }),
    makeNode('Add', { input: [step('round'), constants.offset], output: [step('shifted')] }),
    makeNode('Cast', {
      input: [step('shifted')],
      output: [levels],
      attributes: { to: tensorType.uint8 },
    }),
  ]
}

/** `integers · (x_scale · w_scale)` as `(integers · w_scale) · x_scale`: x_scale is a column now. */
function rescale(
  { input, output, name }: OnnxNode,
  {
    product,
    scale,
    weightScale,
  }: { product: string | undefined; scale: string; weightScale: string },
): OnnxNode[] {
  const integers = input.find((each) => each !== product) ?? ''
  const middleName = `${output[0]}_by_weight`
  return [
    makeNode('Mul', {
      input: [integers, weightScale],
      output: [middleName],
      name: `${name}_weight`,
    }),
    makeNode('Mul', { input: [middleName, scale], output, name }),
  ]
}

function tensors() {
  return [
    makeTensor(middle, [], { uint8: [128] }),
    makeTensor(constants.levels, [], { float32: [127] }),
    makeTensor(constants.offset, [], { float32: [128] }),
    // A row of zeros: its scale must not be zero.
    makeTensor(constants.least, [], { float32: [1e-30] }),
    makeTensor(constants.lastAxis, [1], { int64: [-1] }),
  ]
}
