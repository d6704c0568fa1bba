import { expect, test } from 'vitest'
import { buildModel, graphPath } from '../testing/build-model/build-model.ts'
import { defaultRecipe, type Recipe } from '../testing/build-model/recipe.ts'
import { hideSubgroups } from '../testing/plain-gpu.ts'
import { openWebRuntime } from '../worker/web-runtime.ts'
import { openDecoder } from './open-decoder.ts'
import { argmax } from '../sampler/sample-token.ts'
import { canBatch } from '../known-answer.ts'

hideSubgroups()
const recipe: Recipe = { ...defaultRecipe, attention: 'gqa', shape: { ...defaultRecipe.shape, layers: 1 } }
const prompt = Array.from({ length: 40 }, (_, i) => (i * 131 + 7) % 4096)

async function open(choice: 'wasm' | 'webgpu', r = recipe) {
  const runtime = await openWebRuntime(choice, { threads: 1, weightBytes: 0 })
  const decoder = await openDecoder({ runtime, graph: buildModel(r).get(graphPath(r)) as Uint8Array, externalData: [], contextTokens: 512 })
  return { runtime, decoder }
}
test('explore', { timeout: 120_000 }, async () => {
  const runs: Record<string, unknown> = {}
  const logs: unknown[] = []
  for (const choice of ['wasm', 'webgpu'] as const) {
    for (const positionIds of [true, false]) {
      const { decoder, runtime } = await open(choice, { ...recipe, positionIds })
      if (choice === 'webgpu') {
        const device = await runtime.device!()
        const adapter = await navigator.gpu.requestAdapter()
        logs.push([...device.features], ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage', 'maxComputeWorkgroupStorageSize', 'maxComputeInvocationsPerWorkgroup'].map((k) => [k, (device.limits as any)[k], (adapter!.limits as any)[k]]))
        device.addEventListener('uncapturederror', (e) => console.log('UNCAPTURED', (e as any).error.message))
      }
      const cache = decoder.createCache()
      const tokens: number[] = []
      let next = prompt
      for (let i = 0; i < 40; i++) {
        const { logits } = await decoder.forward(cache, { tokens: [next], positions: [next.length - 1] })
        next = [argmax(logits[0]![0]!)]
        tokens.push(next[0]!)
      }
      runs[choice + positionIds] = tokens
      logs.push([choice, positionIds, decoder.layout.kvCache, cache.slots, tokens.join()])
      logs.push(['canBatch', await canBatch(decoder, { promptTokens: prompt, toleranceAbs: 1e-3 } as never)])
      await decoder.release()
    }
  }
  console.log(JSON.stringify(logs, null, 1))
})
