/**
 * A model in parts, all in this process, for tests: the parts' answers cross no wire.
 * @module
 */
import { parse, partStepSchema } from '@weft/protocol'
import type { LoadInit } from '../engine.ts'
import { openPartDecoder } from '../layers/part-decoder.ts'
import { createPartHost, type PartHost } from '../layers/part-host.ts'
import { type PartLink, partPaths, type SplitInit } from '../layers/part-link.ts'
import { type ModelPart, splitModel } from '../layers/split-model.ts'
import { externalWeights, requireFile } from '../model/model-config.ts'
import type { Runtime } from '../runtime.ts'
import { nodeCpu } from './node-model.ts'

export type SplitParts = {
  parts: ModelPart[]
  hosts: PartHost[]
  /** What loads the model over these parts. */
  init: LoadInit & { split: SplitInit }
}

export type SplitPartsInit = {
  tabs: number
  width: number
  runtime?: Runtime
  maxBytes?: number
  /** What stands between the model and a part; default nothing. */
  between?: (link: PartLink, part: number) => PartLink
}

/** @param whole what loads the model in one */
export async function splitParts(whole: LoadInit, init: SplitPartsInit): Promise<SplitParts> {
  const { tabs, width, runtime = nodeCpu, maxBytes = 1e9, between = (link) => link } = init
  const { manifest } = whole
  const parts = splitModel(await whole.openFiles({}), { graph: manifest.graph, tabs })
  const hosts: PartHost[] = []
  // One after the other: ONNX Runtime Web takes the files of sessions that open at once for each other's.
  for (const { files } of parts.slice(1)) {
    const decoder = await openPartDecoder({
      runtime,
      graph: requireFile(files, partPaths.layers),
      externalData: externalWeights(partPaths.layers, files),
      contextTokens: manifest.contextTokens,
    })
    const limits = { maxBytesPerLink: maxBytes, maxBytes }
    hosts.push(createPartHost({ decoder, width, limits }))
  }
  const { opening, closing } = partPaths
  const split: SplitInit = {
    opening,
    closing,
    parts: tabs - 1,
    width,
    connect: async (part) => between(checked((hosts[part - 1] as PartHost).open()), part),
  }
  const files = parts[0]?.files ?? new Map()
  return { parts, hosts, init: { ...whole, openFiles: async () => new Map(files), split } }
}

/** Lets through what a wire would. */
function checked({ step: compute, close }: PartLink): PartLink {
  return {
    step: (step, ...rest) => compute(parse('step', partStepSchema, step), ...rest),
    close,
  }
}
