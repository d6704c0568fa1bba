/**
 * The embedded model and onnxruntime-node, for tests in Node.
 * @module
 */
import { readFileSync } from 'node:fs'
import { type ChatManifest, manifestSchema, parse } from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import type { Engine, LoadInit } from '../engine.ts'
import { createLocalEngine } from '../local-engine.ts'
import { nodeRuntime } from '../node-runtime.ts'
import type { Runtime } from '../runtime.ts'

const folder = new URL('../../../../public/models/bobbin/', import.meta.url)

export const nodeCpu: Runtime = nodeRuntime(ort, { threads: 1 })

export function readBobbin(): { manifest: ChatManifest; files: Map<string, Uint8Array> } {
  const read = (path: string) => new Uint8Array(readFileSync(new URL(path, folder)))
  const json: unknown = JSON.parse(new TextDecoder().decode(read('manifest.json')))
  const manifest = parse('manifest', manifestSchema, json)
  if (manifest.task !== 'chat') throw new TypeError('Bobbin is a chat model.')
  return { manifest, files: new Map(manifest.files.map(({ path }) => [path, read(path)])) }
}

/** What loads the embedded model on the CPU. */
export function bobbinInit(): LoadInit {
  const { manifest } = readBobbin()
  return { manifest, openFiles: async () => readBobbin().files, backend: 'wasm' }
}

/** An engine with the embedded model loaded. */
export async function loadBobbin(runtime: Runtime = nodeCpu): Promise<Engine> {
  const engine = createLocalEngine({ openRuntime: async () => runtime })
  await engine.load(bobbinInit())
  return engine
}
