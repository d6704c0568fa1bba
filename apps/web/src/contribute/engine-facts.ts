/**
 * What preparing the model has shown about this device, in lines.
 * @module
 */
import type { EngineState } from '@weft/sdk'
import { formatRate } from '../row/summary.ts'

export type DeviceFact = { name: string; value: string }

export function engineFacts(engine: EngineState): DeviceFact[] {
  if (engine.phase !== 'ready') return []
  const { engine: info, selfTest, fallbackReason } = engine.result
  const { prefillTokensPerSecond, decodeTokensPerSecond } = engine.speed
  const device = info.backend === 'webgpu' ? `WebGPU: ${info.device}` : info.device
  const reason = fallbackReason ? ` ${fallbackReason}` : ''
  const { matchingTokens, expectedTokens, maxLogitDifference } = selfTest
  const tokens = `${matchingTokens} of ${expectedTokens} known tokens`
  return [
    { name: 'Runs on', value: `${device}.${reason}` },
    {
      name: 'Speed',
      value: `reads ${formatRate(prefillTokensPerSecond)} tok/s, writes ${formatRate(decodeTokensPerSecond)} tok/s`,
    },
    {
      name: 'Self-test',
      value: `${selfTest.passed ? 'passed' : 'failed'}: ${tokens}, logits within ${maxLogitDifference.toPrecision(2)}`,
    },
  ]
}
