/**
 * What preparing the model has shown about this device, in lines.
 * @module
 */
import type { EngineState, Models } from '@weft/sdk'
import { count, formatRate } from '../row/summary.ts'

export type DeviceFact = { name: string; value: string }

type Role = ReturnType<Models['engineRole']['get']>

export function engineFacts(engine: EngineState, role: Role): DeviceFact[] {
  if (engine.phase !== 'ready') return []
  const { engine: info, selfTest, fallbackReason, capabilities } = engine.result
  const { prefillTokensPerSecond, decodeTokensPerSecond } = engine.speed
  const device = info.backend === 'webgpu' ? `WebGPU: ${info.device}` : info.device
  const reason = fallbackReason ? ` ${fallbackReason}` : ''
  const { matchingTokens, expectedTokens, maxLogitDifference } = selfTest
  const tokens = `${matchingTokens} of ${expectedTokens} known tokens`
  return [
    { name: 'Runs on', value: `${device}.${reason}` },
    ...(role === 'follower' ? [sharedFact] : []),
    {
      name: 'Speed',
      value: `reads ${formatRate(prefillTokensPerSecond)} tok/s, writes ${formatRate(decodeTokensPerSecond)} tok/s`,
    },
    { name: 'Answers at once', value: batchWords(capabilities.batchSize) },
    { name: 'Context', value: `${count(capabilities.contextTokens, 'token')}, prompt and answer` },
    {
      name: 'Self-test',
      value: `${selfTest.passed ? 'passed' : 'failed'}: ${tokens}, logits within ${maxLogitDifference.toPrecision(2)}`,
    },
  ]
}

const sharedFact: DeviceFact = {
  name: 'Engine',
  value: 'Another tab of this browser runs the engine; this one uses it.',
}

function batchWords(batchSize: number): string {
  return batchSize > 1
    ? `${batchSize} decode together in one step; more take turns`
    : 'each decodes by itself, in turns'
}
