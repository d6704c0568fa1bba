/**
 * A decoder graph cut between its layers. The cut is found by structure, not by name: one value that
 * everything behind it needs and that alone carries what the layers before it computed. The first part
 * reads tokens and the last says logits; both belong to the tab that samples, so that between tabs only
 * states travel, [rows, tokens, width], and no tab but that one sees a token.
 * @module
 */
import { makeValueInfo } from '../graph/make.ts'
import { empty, type OnnxGraph, type OnnxNode, tensorType } from '../graph/onnx.ts'
import { skipNormsApart } from './skip-norms.ts'
import { notSplittable, readsOf, type ValueFlow, valueFlow } from './value-flow.ts'

/** Input of a part that does not begin with tokens. */
export const statesIn = 'weft_states_in'
/** Output of a part that does not end with logits. */
export const statesOut = 'weft_states_out'

export type SplitGraph = {
  /** Tokens to states, through the first layers. */
  opening: OnnxGraph
  /** States to states, in order; at least one. */
  parts: OnnxGraph[]
  /** States behind the last layer to logits. */
  closing: OnnxGraph
  /** How many layers each has, the opening first. */
  layerCounts: number[]
}

/**
 * @param tabs how many share the layers, 2 to the number of layers; as even as their weights allow
 * @throws WeftError `engine/not-splittable` that names what stands in the way
 */
export function splitGraph(whole: OnnxGraph, tabs: number): SplitGraph {
  // Hidden states that are shown beside the logits are those that the closing begins with.
  const isKept = (name: string) => name === 'logits' || name.startsWith('present.')
  const graph = {
    ...skipNormsApart(whole),
    output: whole.output.filter(({ name }) => isKept(name)),
  }
  const flow = valueFlow(graph)
  const { layers } = flow
  if (!Number.isInteger(tabs) || tabs < 2 || tabs > layers.length)
    throw notSplittable(`It has ${layers.length} layers; asked for: ${tabs} parts.`)
  const cuts = layerEnds(graph)
  const pieceOf = (from: number, to: number) => piece(graph, flow, { cuts, from, to })
  const weights = layers.map((_, index) => weightBytes(pieceOf(index, index + 1)))
  const closing = pieceOf(layers.length, layers.length + 1)
  // The table that tokens are looked up in counts with the first layer, the product to logits with both.
  weights[0] = (weights[0] ?? 0) + weightBytes(closing)
  const bounds = [0, ...evenly(weights, tabs)]
  const ranges = bounds.slice(1).map((to, index) => [bounds[index] ?? 0, to] as const)
  const [opening, ...parts] = ranges.map(([from, to]) => pieceOf(from, to))
  return {
    opening: opening as OnnxGraph,
    parts,
    closing,
    layerCounts: ranges.map(([from, to]) => to - from),
  }
}

/**
 * The value that leaves each layer, in order.
 * @param graph as `skipNormsApart` leaves it
 * @throws WeftError `engine/not-splittable`
 */
export function layerEnds(graph: OnnxGraph): string[] {
  const flow = valueFlow(graph)
  return flow.layers.map((_, index) => findCut(graph, flow, index + 1))
}

/** @returns the value between layer `count - 1` and what follows, layers counted from 0 */
function findCut(graph: OnnxGraph, flow: ValueFlow, count: number): string {
  const { layers, layerOf, needs } = flow
  const before = new Set(layers.slice(0, count))
  const behind = graph.output
    .map(({ name }) => name)
    .filter((name) => !before.has(layerOf(name) ?? -1))
  const last = layers[count - 1]
  const sources = graph.input.map(({ name }) => name).filter((name) => layerOf(name) === last)
  const needed = new Set(needs(behind).nodes)
  const carriers = new Set(
    graph.node.flatMap(({ output }, place) => (needed.has(place) ? output : [])),
  )
  const tables = new Set(
    graph.initializer.flatMap(({ name, dims }) => (dims.length > 1 ? name : [])),
  )
  // What it leaves out no part could send on.
  const chosen = new Set(flow.madeOf(['num_logits_to_keep']))
  const isCut = (name: string): boolean => {
    const leaves = [...needs(behind, name).leaves]
    // Behind the last layer, the product that makes the logits stays behind the cut.
    if (!leaves.some((leaf) => tables.has(leaf))) return false
    return leaves.every((leaf) => leaf !== 'input_ids' && !before.has(layerOf(leaf) ?? -1))
  }
  // The latest: earlier ones may lie within the layer, between its attention and the rest of it.
  const cut = flow
    .madeOf(sources)
    .findLast((name) => carriers.has(name) && !chosen.has(name) && isCut(name))
  if (cut === undefined || behind.includes(cut))
    throw notSplittable(`No single value leads from layer ${last} to what follows it.`)
  return cut
}

type Piece = { cuts: readonly string[]; from: number; to: number }

/** Layers `from` to `to`; one more than there are is what comes behind the last. */
function piece(graph: OnnxGraph, flow: ValueFlow, { cuts, from, to }: Piece): OnnxGraph {
  const { layers, layerOf, needs, isLength } = flow
  const own = new Set(layers.slice(from, to))
  const isOwn = (name: string): boolean => own.has(layerOf(name) ?? -1)
  const given = cuts[from - 1]
  const result = cuts[to - 1]
  const shown = graph.output.filter(({ name }) =>
    result === undefined ? layerOf(name) === undefined : isOwn(name),
  )
  const targets = [...shown.map(({ name }) => name), ...(result === undefined ? [] : [result])]
  const asked = lengthReads(graph, flow, needs(targets, given).nodes)
  // Where tokens become states, their shape is at hand; elsewhere it is that of the states that come.
  const embedded = asked.filter((name) => graph.input.every((input) => input.name !== name))
  const { nodes, leaves } = needs(given === undefined ? [...targets, ...embedded] : targets, given)
  const stranger = [...leaves].find((name) => layerOf(name) !== undefined && !isOwn(name))
  if (stranger !== undefined) throw notSplittable(`Its layers ${from} to ${to} need ${stranger}.`)
  const names = new Map<string, string>()
  if (given !== undefined) names.set(given, statesIn)
  if (result !== undefined) names.set(result, statesOut)
  const lengths = lengthSources(graph, { asked, flow, isOwn })
  if (given !== undefined) for (const name of embedded) lengths.set(name, statesIn)
  const node = nodes.map((place) =>
    renamed(graph.node[place] as OnnxNode, (name, reader) =>
      isLength(reader, name) ? (lengths.get(name) ?? name) : (names.get(name) ?? name),
    ),
  )
  const read = new Set([...node.flatMap(readsOf), ...shown.map(({ name }) => name)])
  const made = new Set(node.flatMap(({ output }) => output))
  const states = (name: string) => makeValueInfo(name, { type: stateType(graph), dims: stateDims })
  return {
    ...graph,
    node,
    initializer: graph.initializer.filter(({ name }) => read.has(name)),
    input: [
      ...graph.input.filter(({ name }) => isOwn(name) || read.has(name)),
      ...(given === undefined ? [] : [states(statesIn)]),
    ],
    output: [
      ...shown,
      ...(result === undefined ? [] : [{ ...empty.valueInfo(), name: statesOut }]),
    ],
    valueInfo: graph.valueInfo.filter(({ name }) => made.has(name)),
  }
}

const stateDims = ['batch_size', 'sequence_length', 'weft_width']

/** That of the key/value cache; where a graph mixes floats, loading a part says so. */
function stateType({ input }: OnnxGraph): number {
  const cache = input.find(({ name }) => name.startsWith('past_key_values.'))
  return cache?.type?.tensor?.elemType ?? tensorType.float32
}

/** Values that these nodes ask only the length of. */
function lengthReads(
  graph: OnnxGraph,
  { isLength }: ValueFlow,
  nodes: readonly number[],
): string[] {
  return nodes.flatMap((place) => {
    const node = graph.node[place] as OnnxNode
    return node.input.filter((name) => isLength(node, name))
  })
}

type LengthInit = { asked: readonly string[]; flow: ValueFlow; isOwn(name: string): boolean }

/** All layers have read as much: one asks its own cache where it asked that of another. */
function lengthSources(graph: OnnxGraph, { asked, flow, isOwn }: LengthInit): Map<string, string> {
  const shapeOf = (name: string) =>
    JSON.stringify(graph.input.find((input) => input.name === name)?.type?.tensor?.shape?.dim)
  const strange = asked.filter((name) => flow.layerOf(name) !== undefined && !isOwn(name))
  return new Map(
    strange.map((name) => {
      const same = graph.input.find((own) => isOwn(own.name) && shapeOf(own.name) === shapeOf(name))
      if (!same) throw notSplittable(`A layer asks for the length of ${name}.`)
      return [name, same.name]
    }),
  )
}

export function renamed(
  node: OnnxNode,
  nameOf: (name: string, reader: OnnxNode) => string,
): OnnxNode {
  return {
    ...node,
    input: node.input.map((name) => nameOf(name, node)),
    output: node.output.map((name) => nameOf(name, node)),
    attribute: node.attribute.map((attribute) =>
      attribute.g
        ? {
            ...attribute,
            g: { ...attribute.g, node: attribute.g.node.map((each) => renamed(each, nameOf)) },
          }
        : attribute,
    ),
  }
}

/** Wherever they lie. */
function weightBytes({ initializer }: OnnxGraph): number {
  return initializer.reduce((sum, { rawData, floatData, externalData }) => {
    const outside = externalData.find(({ key }) => key === 'length')?.value
    return sum + (rawData?.length ?? floatData?.length ?? Number(outside ?? 0))
  }, 0)
}

/** Ends of `count` runs of weights, none empty, the heaviest as light as can be. */
function evenly(weights: readonly number[], count: number): number[] {
  const best = new Map<string, { most: number; ends: number[] }>()
  const split = (from: number, runs: number): { most: number; ends: number[] } => {
    const key = `${from} ${runs}`
    const known = best.get(key)
    if (known) return known
    let found = { most: Number.POSITIVE_INFINITY, ends: [] as number[] }
    let sum = 0
    for (let to = from + 1; to <= weights.length - runs + 1; to += 1) {
      sum += weights[to - 1] ?? 0
      if (runs === 1 && to < weights.length) continue
      const rest = runs === 1 ? { most: 0, ends: [] } : split(to, runs - 1)
      const most = Math.max(sum, rest.most)
      if (most < found.most) found = { most, ends: [to, ...rest.ends] }
    }
    best.set(key, found)
    return found
  }
  return split(0, count).ends
}
