/**
 * A made-up model, as its exporter wrote it and as the engine runs it, on the CPU runtimes that Node
 * has, for tests.
 * @module
 */
import * as nodeOrt from 'onnxruntime-node'
import type { InferenceSession } from 'onnxruntime-web'
import * as webOrt from 'onnxruntime-web/wasm'
import type { ExternalData } from '../../graph/tensor-values.ts'
import { sameEverywhere } from '../../model/open-session.ts'
import type { OrtModule } from '../../runtime.ts'

webOrt.env.wasm.numThreads = 1

export const cpuRuntimes: Record<'node' | 'wasm', OrtModule> = { node: nodeOrt, wasm: webOrt }
export type CpuRuntime = keyof typeof cpuRuntimes

export function openGraph(
  runtime: CpuRuntime,
  { graph, externalData = [] }: { graph: Uint8Array; externalData?: ExternalData },
): Promise<InferenceSession> {
  return cpuRuntimes[runtime].InferenceSession.create(graph, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: sameEverywhere },
    ...(externalData.length > 0 ? { externalData } : {}),
  })
}
