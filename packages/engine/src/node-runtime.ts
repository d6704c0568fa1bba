/**
 * onnxruntime-node as a runtime. It is a development dependency, so the module comes as an argument.
 * @module
 */
import type { OrtModule, Runtime } from './runtime.ts'

/** @param ort the module onnxruntime-node */
export function nodeRuntime(ort: OrtModule & { env: { versions: { node?: string } } }): Runtime {
  return {
    ort,
    executionProvider: 'cpu',
    info: {
      runtime: `onnxruntime-node ${ort.env.versions.node ?? ''}`.trim(),
      backend: 'node-cpu',
      device: 'CPU',
    },
  }
}
