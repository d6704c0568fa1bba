/**
 * The first part of a model as a decoder of all of it.
 * @module
 */
import type { Decoder } from '../decoder/decoder.ts'
import { externalWeights, type ModelFiles, requireFile } from '../model/model-config.ts'
import type { Runtime } from '../runtime.ts'
import { openClosing } from './closing.ts'
import { openPartDecoder } from './part-decoder.ts'
import type { SplitInit } from './part-link.ts'
import { createSplitDecoder } from './split-decoder.ts'

type OpenSplitInit = {
  runtime: Runtime
  files: ModelFiles
  split: SplitInit
  contextTokens: number
}

/** @throws WeftError as `openDecoder`; `engine/part-missing` */
export async function openSplitDecoder(init: OpenSplitInit): Promise<Decoder> {
  const { runtime, files, split, contextTokens } = init
  const graphOf = (path: string) => ({
    runtime,
    graph: requireFile(files, path),
    externalData: externalWeights(path, files),
  })
  const opening = await openPartDecoder({ ...graphOf(split.opening), contextTokens })
  const closing = await openClosing(graphOf(split.closing)).catch(async (error) => {
    await opening.release()
    throw error
  })
  try {
    return await createSplitDecoder({ ...split, opening, closing })
  } catch (error) {
    await Promise.all([opening.release(), closing.release()])
    throw error
  }
}
