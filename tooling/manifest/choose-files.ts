/**
 * Which files of a folder in Hugging Face layout a model needs, by the names that exporters use.
 * @module
 */
import { type Manifest, WeftError } from '@weft/protocol'

type Dtype = Manifest['dtype']

/** Names of graphs by what a person asks for, most common first; the dtype is the manifest's. */
const graphNames: Record<string, { dtype: Dtype; names: string[] }> = {
  fp32: { dtype: 'fp32', names: ['model'] },
  fp16: { dtype: 'fp16', names: ['model_fp16'] },
  q8: { dtype: 'q8', names: ['model_quantized', 'model_int8', 'model_uint8'] },
  int8: { dtype: 'q8', names: ['model_int8'] },
  uint8: { dtype: 'q8', names: ['model_uint8'] },
  q4: { dtype: 'q4', names: ['model_q4'] },
  q4f16: { dtype: 'q4f16', names: ['model_q4f16'] },
}

/** What a tab downloads beside the graph; licence and readme stay behind. */
const neededFiles = [
  '1_Pooling/config.json',
  'chat_template.jinja',
  'config.json',
  'generation_config.json',
  'modules.json',
  'tokenizer.json',
  'tokenizer_config.json',
]

export type Choice = { dtype: Dtype; graph: string; paths: string[] }

/**
 * @param asked dtype, or the usual name of one; `graph` overrides where its file lies
 * @throws WeftError `tooling/no-graph` that lists the graphs there are
 */
export function chooseFiles(
  paths: readonly string[],
  { asked, graph }: { asked: string; graph: string | undefined },
): Choice {
  const wanted = graphNames[asked]
  if (!wanted) throw unknownDtype(asked)
  const places = wanted.names.flatMap((name) => [`onnx/${name}.onnx`, `${name}.onnx`])
  const found = graph ?? places.find((path) => paths.includes(path))
  if (!found || !paths.includes(found)) throw noGraph(found ?? places[0] ?? '', paths)
  // External weights lie beside it: model.onnx_data, model.onnx_data_1 ...
  const needed = (path: string) => neededFiles.includes(path) || path.startsWith(found)
  return { dtype: wanted.dtype, graph: found, paths: paths.filter(needed).sort() }
}

function unknownDtype(asked: string): WeftError {
  const why = asked === 'bnb4' ? 'bnb4 uses an operator that no runtime in a browser has.' : ''
  return new WeftError('tooling/no-graph', `There is no dtype ${asked} here. ${why}`.trim(), {
    facts: [`Possible: ${Object.keys(graphNames).join(', ')}`],
  })
}

function noGraph(path: string, paths: readonly string[]): WeftError {
  const graphs = paths.filter((each) => each.endsWith('.onnx'))
  return new WeftError('tooling/no-graph', `There is no graph ${path}.`, {
    facts: [
      `Graphs there: ${graphs.join(', ') || 'none'}`,
      'Choose one by --dtype, or by --graph PATH.',
    ],
  })
}
