import { expect, test } from 'vitest'
import type { Accusation } from './court-state.ts'
import { defend } from './defence.ts'

const accusation = (id: Accusation['id'], changed: Partial<Accusation> = {}): Accusation => ({
  ...{ id, stage: 'accused', endsAtMs: Date.now() + 60_000, lostWei: 0n },
  ...changed,
})

test('an appeal that fails stops no other, and is told', async () => {
  const defended: string[] = []
  const send = {
    defend: async (id: Accusation['id']) => {
      defended.push(id)
      if (id === '0x01') throw new Error('It is too late for this one.')
      return undefined as never
    },
  }
  const late = accusation('0x03', { endsAtMs: Date.now() - 1 })
  const all = [
    accusation('0x01'),
    accusation('0x02'),
    late,
    accusation('0x04', { stage: 'appealed' }),
  ]
  await expect(defend(send, all)).rejects.toThrow('too late')
  expect(defended).toEqual(['0x01', '0x02'])
})
