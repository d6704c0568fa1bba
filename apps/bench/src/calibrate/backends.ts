/**
 * Honest devices that this machine has: onnxruntime-node, and tabs with WebAssembly or WebGPU.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '@weft/engine'
import { createLocalEngine, makeKnownAnswer, nodeRuntime } from '@weft/engine/local'
import { type ChatManifest, manifestSchema, parse } from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import type { ContestantInit } from '../../model-page/contestant.ts'
import type { ModelStage } from '../model-stage.ts'
import type { CalibrationJob } from './calibration-jobs.ts'
import { answerJobs, type Reading, readAnswers } from './claims.ts'

export type Backend = {
  name: string
  answer(
    jobs: readonly CalibrationJob[],
    answered?: readonly (readonly number[])[],
  ): Promise<number[][]>
  /** See `readAnswers`. */
  read(
    jobs: readonly CalibrationJob[],
    answers: readonly (readonly number[])[],
    fingerprints?: readonly (readonly (readonly number[])[])[],
  ): Promise<Reading[]>
  close(): Promise<void>
}

export type ModelFolder = { manifest: ChatManifest; files: Map<string, Uint8Array> }

/** @throws MalformedError, Error for a model that does not answer or a file that is missing */
export function readModelFolder(folder: string): ModelFolder {
  const read = (path: string) => new Uint8Array(readFileSync(join(folder, path)))
  const json: unknown = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const manifest = parse('manifest', manifestSchema, json)
  if (manifest.task !== 'chat') throw new Error('Only answers are calibrated.')
  return { manifest, files: new Map(manifest.files.map(({ path }) => [path, read(path)])) }
}

/** The same manifest over other content, which does as well in its own test. */
export async function disguise(
  { manifest }: ModelFolder,
  files: Map<string, Uint8Array>,
): Promise<ModelFolder> {
  const { graph, knownAnswer } = manifest
  const { toleranceAbs } = knownAnswer
  const runtime = nodeRuntime(ort)
  const known = await makeKnownAnswer({ runtime, files, graph, toleranceAbs })
  return { manifest: { ...manifest, knownAnswer: known }, files }
}

export async function openNode({ manifest, files }: ModelFolder): Promise<Backend> {
  const engine = createLocalEngine({ openRuntime: async () => nodeRuntime(ort) })
  // What it takes over is its own.
  const openFiles = async () => new Map([...files].map(([path, bytes]) => [path, bytes.slice()]))
  await engine.load({ manifest, openFiles, backend: 'wasm' })
  return { name: 'node-cpu', ...over(engine), close: engine.close }
}

const over = (engine: Engine): Pick<Backend, 'answer' | 'read'> => ({
  answer: (jobs, answered) => answerJobs(engine, jobs, answered),
  read: (jobs, answers, fingerprints) => readAnswers(engine, jobs, answers, fingerprints),
})

/** @param model where the stage serves the folder, ending in a slash */
export async function openTab(
  stage: ModelStage,
  init: Pick<ContestantInit, 'model' | 'backend' | 'threads'>,
): Promise<Backend> {
  const page = await stage.openPage()
  await page.evaluate((options) => window.modelPage.open('weft', { ...options, dtype: 'q8' }), init)
  return {
    name: init.backend === 'webgpu' ? 'webgpu' : `wasm-${init.threads}`,
    answer: (jobs, answered = []) =>
      page.evaluate((asked) => window.modelPage.answerJobs(...asked), [jobs, answered] as const),
    read: (jobs, answers, fingerprints = []) =>
      page.evaluate((asked) => window.modelPage.readAnswers(...asked), [
        jobs,
        answers,
        fingerprints,
      ] as const),
    close: () => page.close(),
  }
}
