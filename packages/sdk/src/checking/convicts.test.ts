import { addressFromPeerId, createPrivateKey, peerIdFromPrivateKey } from '@weft/protocol'
import { expect, test } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { createConvicts } from './convicts.ts'

const peerId = () => peerIdFromPrivateKey(createPrivateKey())

test('who was convicted by its address is known by its PeerId, and nobody else', () => {
  const [convict, other] = [peerId(), peerId()]
  const convicts = createConvicts()
  expect(convicts.has(convict)).toBe(false)
  convicts.add([addressFromPeerId(convict)])
  expect(convicts.has(convict)).toBe(true)
  expect([other, 'no PeerId'].map(convicts.has)).toEqual([false, false])
})

test('a convicted node is not believed, whoever this browser has met', () => {
  const memory = createNodeMemory()
  const convict = peerId()
  memory.convicted([addressFromPeerId(convict)])
  expect(memory.isLiar(convict)).toBe(true)
})
