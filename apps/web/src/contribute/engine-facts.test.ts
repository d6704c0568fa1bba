import type { EngineState } from '@weft/sdk'
import { expect, test } from 'vitest'
import { engineFacts } from './engine-facts.ts'

const ready: EngineState = {
  phase: 'ready',
  modelCid: 'm',
  speed: { prefillTokensPerSecond: 812.4, decodeTokensPerSecond: 61.2 },
  result: {
    engine: { runtime: 'onnxruntime-web 1.30.0', backend: 'wasm', device: 'CPU, 2 threads' },
    capabilities: { batchSize: 8, contextTokens: 512, kvCache: 'growing' },
    fallbackReason: 'The only adapter is software.',
    selfTest: { passed: true, maxLogitDifference: 0.00123, matchingTokens: 24, expectedTokens: 24 },
  },
}

test('nothing is claimed before it was measured', () => {
  expect(engineFacts({ phase: 'empty' })).toEqual([])
})

test('what was measured, and why automatic took the CPU', () => {
  expect(engineFacts(ready)).toEqual([
    { name: 'Runs on', value: 'CPU, 2 threads. The only adapter is software.' },
    { name: 'Speed', value: 'reads 812 tok/s, writes 61 tok/s' },
    { name: 'Self-test', value: 'passed: 24 of 24 known tokens, logits within 0.0012' },
  ])
})
