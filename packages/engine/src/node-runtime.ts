/**
 * onnxruntime-node as a runtime. It is a development dependency, so the module comes as an argument.
 * @module
 */
import type { OrtModule, Runtime } from './runtime.ts'

/**
 * @param ort the module onnxruntime-node
 * @param threads of each session; as many as cores where absent, which wait for each other by spinning:
 *   one is the fastest for a small model beside other work
 */
export function nodeRuntime(
  ort: OrtModule & { env: { versions: { node?: string } } },
  { threads }: { threads?: number } = {},
): Runtime {
  return {
    ort,
    ...(threads ? { threads } : {}),
    executionProvider: 'cpu',
    info: {
      runtime: `onnxruntime-node ${ort.env.versions.node ?? ''}`.trim(),
      backend: 'node-cpu',
      device: 'CPU',
    },
  }
}
