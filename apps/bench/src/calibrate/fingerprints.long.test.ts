/** Fingerprints and margins of real states: two honest backends, and a model with fewer bits. */
import { fileURLToPath } from 'node:url'
import { createLocalEngine } from '@weft/engine/local'
import { cheapen, openNodeWasm } from '@weft/engine/testing'
import { defaultSampling } from '@weft/protocol'
import { isAlike } from '@weft/verification'
import { afterAll, expect, test } from 'vitest'
import { type Backend, disguise, openNode, readModelFolder } from './backends.ts'
import { answerJobs, readAnswers } from './claims.ts'

const closers: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closers) await close()
})

const model = readModelFolder(
  fileURLToPath(new URL('../../../../public/models/bobbin', import.meta.url)),
)
const jobs = [3, 4].map((byte) => ({
  messages: [{ role: 'user' as const, content: 'Write a story about a fox.' }],
  sampling: defaultSampling,
  seed: new Array<number>(32).fill(byte),
  maxTokens: 72,
}))

async function openWasm(): Promise<Pick<Backend, 'answer' | 'read'>> {
  const engine = createLocalEngine({ openRuntime: openNodeWasm })
  await engine.load({
    manifest: model.manifest,
    openFiles: async () => new Map([...model.files].map(([path, bytes]) => [path, bytes.slice()])),
    backend: 'wasm',
  })
  closers.push(engine.close)
  return {
    answer: (asked) => answerJobs(engine, asked),
    read: (...asked) => readAnswers(engine, ...asked),
  }
}

test('an honest node is found honest by another backend, and fewer bits are found out', async () => {
  const { thresholds } = model.manifest
  const limits = thresholds?.fingerprint
  if (!thresholds || !limits) throw new TypeError('Bobbin is calibrated.')
  const wasm = await openWasm()
  const node = await openNode(model)
  const files = cheapen(model.files, model.manifest.graph, { bits: 4, skippedLayers: 0 })
  const coarse = await openNode(await disguise(model, files))
  closers.push(node.close, coarse.close)
  const readBy = async (made: Pick<Backend, 'answer' | 'read'>) => {
    const answers = await made.answer(jobs)
    const own = await made.read(jobs, answers)
    return node.read(
      jobs,
      answers,
      own.map(({ fingerprints }) => fingerprints),
    )
  }
  for (const { margins, likenesses } of await readBy(wasm)) {
    expect(Math.max(...margins)).toBeLessThan(thresholds.marginClip)
    expect(likenesses.length).toBe(Math.ceil(margins.length / 32))
    expect(likenesses.every((each) => isAlike(each, limits))).toBe(true)
  }
  for (const { likenesses } of await readBy(coarse)) {
    expect(likenesses.some((each) => isAlike(each, limits))).toBe(false)
  }
})
