import { type Manifest, manifestSchema, parse } from '@weft/protocol'
import { afterEach, expect, test } from 'vitest'
import type { BackendChoice, Engine } from './engine.ts'
import { createWorkerEngine } from './worker/worker-engine.ts'

const folder = '/models/bobbin'
let engine: Engine | undefined
afterEach(() => engine?.close())

async function readModel(): Promise<{ manifest: Manifest; files: Map<string, Uint8Array> }> {
  const response = await fetch(`${folder}/manifest.json`)
  const manifest = parse('manifest', manifestSchema, await response.json())
  const files = new Map<string, Uint8Array>()
  for (const { path } of manifest.files) {
    const file = await fetch(`${folder}/${path}`)
    files.set(path, new Uint8Array(await file.arrayBuffer()))
  }
  return { manifest, files }
}

test.each([
  ['wasm', 1],
  ['wasm', 2],
  ['webgpu', 1],
] satisfies [BackendChoice, number][])('%s with %i threads', async (backend, threads) => {
  engine = createWorkerEngine({ threads })
  const startMs = performance.now()
  const result = await engine.load({ ...(await readModel()), backend })
  console.log(backend, threads, performance.now() - startMs, JSON.stringify(result))
  let text = ''
  for await (const part of engine.generate({
    messages: [{ role: 'user', content: 'Write a story about a fox.' }],
    sampling: { temperature: 0, topK: 0, topP: 1 },
    seed: new Uint8Array(32),
    maxTokens: 64,
  })) {
    if (part.type === 'delta') text += part.text
    else console.log(JSON.stringify(part))
  }
  console.log(text)
  console.log(JSON.stringify(await engine.measure()))
  expect(text).not.toBe('')
})
