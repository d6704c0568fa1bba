/**
 * Which values of a decoder graph depend on which. A length is no dependence: that a layer asks how long
 * the cache of another one is, or how many tokens come, binds it to none of their numbers.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { OnnxGraph, OnnxNode } from '../graph/onnx.ts'

export type ValueFlow = {
  /** Numbers of the layers, ascending, as the names of the key/value cache count them. */
  layers: number[]
  /** Of an input or output of the cache: which layer's; undefined for every other value. */
  layerOf(name: string): number | undefined
  /**
   * What is needed to compute `targets` where `given` is known.
   * @returns places of nodes in the graph, ascending, and names that no node makes: inputs, weights
   */
  needs(targets: readonly string[], given?: string): { nodes: number[]; leaves: Set<string> }
  /** Values that nodes make of `sources`, in the graph's order. */
  madeOf(sources: readonly string[]): string[]
  /** Whether a node asks only for the length of this input. */
  isLength(node: OnnxNode, name: string): boolean
}

const cacheName = /^(?:past_key_values|present)\.(\d+)\./

export function valueFlow(graph: OnnxGraph): ValueFlow {
  const { node: nodes } = graph
  const producers = new Map(
    nodes.flatMap(({ output }, place) => output.map((name) => [name, place] as const)),
  )
  const inputNames = new Set(graph.input.map(({ name }) => name))
  const layerOf = (name: string): number | undefined => {
    const layer = cacheName.exec(name)?.[1]
    return layer === undefined ? undefined : Number(layer)
  }
  const embedded = embeddedTokens(graph)
  const isLength = ({ opType }: OnnxNode, name: string): boolean =>
    opType === 'Shape' && (inputNames.has(name) || embedded.has(name))
  const layers = [...new Set(graph.input.flatMap(({ name }) => layerOf(name) ?? []))]
  return {
    layers: layers.sort((a, b) => a - b),
    layerOf,
    isLength,
    needs(targets, given) {
      const found = new Set<number>()
      const leaves = new Set<string>()
      const open = [...targets]
      for (let name = open.pop(); name !== undefined; name = open.pop()) {
        if (name === '' || name === given) continue
        const place = producers.get(name)
        if (place === undefined) leaves.add(name)
        else if (!found.has(place)) {
          found.add(place)
          const node = nodes[place] as OnnxNode
          open.push(...readsOf(node).filter((read) => !isLength(node, read)))
        }
      }
      return { nodes: [...found].sort((a, b) => a - b), leaves }
    },
    madeOf(sources) {
      const made = new Set(sources)
      const found: string[] = []
      for (const node of nodes) {
        if (!readsOf(node).some((name) => made.has(name) && !isLength(node, name))) continue
        for (const name of node.output) {
          if (name === '') continue
          made.add(name)
          found.push(name)
        }
      }
      return found
    },
  }
}

const alikeInShape = ['Cast', 'DequantizeLinear', 'Identity', 'Mul']

/** Rows of a table by `input_ids`, and what has their shape: [rows, tokens, width], as all states. */
function embeddedTokens({ node, initializer }: OnnxGraph): Set<string> {
  const tables = new Set(initializer.flatMap(({ name, dims }) => (dims.length === 2 ? name : [])))
  const found = new Set<string>()
  for (const { opType, input, output } of node) {
    const [first = '', second = ''] = input
    const isLookup = opType === 'Gather' && tables.has(first) && second === 'input_ids'
    if (isLookup || (alikeInShape.includes(opType) && found.has(first))) found.add(output[0] ?? '')
  }
  return found
}

/** Also what subgraphs take from outside; names of their own do no harm. */
export function readsOf({ input, attribute }: OnnxNode): string[] {
  const nested = attribute.flatMap(({ g }) => g?.node.flatMap(readsOf) ?? [])
  return nested.length > 0 ? [...input, ...nested] : input
}

export function notSplittable(fact: string): WeftError {
  return new WeftError(
    'engine/not-splittable',
    'This graph cannot be cut between its layers. Serve the model whole, or export it another way.',
    { facts: [fact] },
  )
}
