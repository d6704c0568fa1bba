/**
 * The embedded model and onnxruntime-node, for tests in Node.
 * @module
 */
import { readFileSync } from 'node:fs'
import { type Manifest, manifestSchema, parse } from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import type { Engine } from '../engine.ts'
import { createLocalEngine } from '../local-engine.ts'
import { nodeRuntime } from '../node-runtime.ts'
import type { Runtime } from '../runtime.ts'

const folder = new URL('../../../../public/models/bobbin/', import.meta.url)

export const nodeCpu: Runtime = nodeRuntime(ort)

export function readBobbin(): { manifest: Manifest; files: Map<string, Uint8Array> } {
  const read = (path: string) => new Uint8Array(readFileSync(new URL(path, folder)))
  const json: unknown = JSON.parse(new TextDecoder().decode(read('manifest.json')))
  const manifest = parse('manifest', manifestSchema, json)
  return { manifest, files: new Map(manifest.files.map(({ path }) => [path, read(path)])) }
}

/** An engine with the embedded model loaded. */
export async function loadBobbin(runtime: Runtime = nodeCpu): Promise<Engine> {
  const engine = createLocalEngine({ openRuntime: async () => runtime })
  await engine.load({ ...readBobbin(), backend: 'wasm' })
  return engine
}
