import { expect, test } from 'vitest'
import type { OrtModule } from '../runtime.ts'
import { buildModel, graphPath } from '../testing/build-model/build-model.ts'
import { relativeDifference } from '../testing/build-model/compare.ts'
import { type Dtype, defaultRecipe } from '../testing/build-model/recipe.ts'
import { runStep } from '../testing/build-model/run-graph.ts'
import { openWebRuntime } from '../worker/web-runtime.ts'
import { logitRows } from './last-logits.ts'
import { prepareGraph } from './prepare-graph.ts'

const tokens = [Array.from({ length: 12 }, (_, index) => (index * 131 + 7) % 4096)]

async function lastLogits(dtype: Dtype, target: 'cpu' | 'webgpu'): Promise<Float32Array> {
  const choice = target === 'cpu' ? 'wasm' : 'webgpu'
  const { ort, executionProvider } = await openWebRuntime(choice, { threads: 1, weightBytes: 0 })
  const recipe = { ...defaultRecipe, dtype }
  const { graph, externalData } = prepareGraph({
    graph: buildModel(recipe).get(graphPath(recipe)) as Uint8Array,
    externalData: [],
    target,
    maxFloatWeightBytes: 2 ** 30,
  })
  const session = await (ort as OrtModule).InferenceSession.create(graph, {
    executionProviders: [executionProvider],
    logSeverityLevel: 3,
    externalData: [...externalData],
    extra: { session: { disable_quant_qdq: '1' } },
  })
  const feeds = { [logitRows]: new ort.Tensor('int64', BigInt64Array.of(11n), [1]) }
  const { outputs } = await runStep(session, { ort, recipe, tokens, feeds })
  const logits = Float32Array.from((await outputs.logits?.getData()) as Float32Array)
  await session.release()
  return logits
}

// The CPU computes block-quantised weights as floats, the GPU by its own kernel.
test.each(['fp32', 'q4', 'q8w'] as const)('%s: CPU and WebGPU agree', async (dtype) => {
  const cpu = await lastLogits(dtype, 'cpu')
  const gpu = await lastLogits(dtype, 'webgpu')
  expect(cpu).toHaveLength(4096)
  expect(relativeDifference(cpu, gpu)).toBeLessThan(1e-4)
})
