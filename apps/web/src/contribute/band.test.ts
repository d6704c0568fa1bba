import type { ServedJob } from '@weft/sdk'
import { expect, test } from 'vitest'
import { layOutBand } from './band.ts'

function job(id: string, outputTokens: number, state: ServedJob['state']): ServedJob {
  const rest = {
    clientPeerId: 'c',
    startedAtMs: 0,
    inputTokens: 9,
    tokensPerSecond: 40,
    costWei: 0n,
  }
  return { id, outputTokens, state, ...rest }
}

test('jobs come oldest first, each with its own windows', () => {
  const band = layOutBand([job('2', 8, 'running'), job('1', 40, 'done')])
  expect(band.map(({ key, texture, share, first }) => [key, texture, share, first])).toEqual([
    ['1-0', 'signed', 1, true],
    ['1-32', 'signed', 0.25, false],
    ['2-0', 'arriving', 0.25, true],
  ])
})

test('a long session shows its latest stitches', () => {
  const band = layOutBand([job('2', 3200, 'running'), job('1', 320, 'failed')])
  expect(band).toHaveLength(60)
  expect(band.at(-1)?.key).toBe('2-3168')
})
