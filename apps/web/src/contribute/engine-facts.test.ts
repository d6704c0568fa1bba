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
  expect(engineFacts({ phase: 'empty' }, 'none')).toEqual([])
})

test('what was measured, and why automatic took the CPU', () => {
  expect(engineFacts(ready, 'leader')).toEqual([
    { name: 'Runs on', value: 'CPU, 2 threads. The only adapter is software.' },
    { name: 'Speed', value: 'reads 812 tok/s, writes 61 tok/s' },
    { name: 'Answers at once', value: '8 decode together in one step; more take turns' },
    { name: 'Context', value: '512 tokens, prompt and answer' },
    { name: 'Self-test', value: 'passed: 24 of 24 known tokens, logits within 0.0012' },
  ])
})

test('an engine of another tab is named, that of this one is not worth a line', () => {
  const names = (role: 'leader' | 'follower') => engineFacts(ready, role).map(({ name }) => name)
  expect(names('follower')).toContain('Engine')
  expect(names('leader')).not.toContain('Engine')
})
