import { expect, test } from 'vitest'
import { createMemoryTables, openMemory } from './memory.ts'

test('what is kept in memory is a copy, in the order of its keys, and a failed change leaves nothing', () => {
  const tables = createMemoryTables()
  const table = tables.table<{ wei: bigint }>('accounts')
  const given = { wei: 1n }
  table.put('b/2', given)
  given.wei = 9n
  table.put('b/1', { wei: 0n })
  table.put('c', { wei: 5n })
  expect(table.all('b/')).toEqual([{ wei: 0n }, { wei: 1n }])
  const read = table.get('c')
  if (read) read.wei = 7n
  expect(table.get('c')).toEqual({ wei: 5n })
  expect(() =>
    tables.inTransaction(() => {
      table.put('c', { wei: 6n })
      table.remove('b/1')
      throw new Error('Not so.')
    }),
  ).toThrow('Not so.')
  expect([table.get('c'), table.get('b/1')]).toEqual([{ wei: 5n }, { wei: 0n }])
})

test('every visit has a key of its own', () => {
  expect(openMemory().identity.peerId).not.toBe(openMemory().identity.peerId)
})
