import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { findWork, isWorkDone } from './work.ts'

const peerId = '16Uiu2HAm9ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrst'
const challenge = Uint8Array.from({ length: 16 }, (_, index) => index)

/** As another implementation would do it. */
function hash(work: number): Buffer {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(work))
  return createHash('sha256')
    .update('weft/work/1\0')
    .update(challenge)
    .update(peerId)
    .update(number)
    .digest()
}

test('the known answer, and that it is the first', async () => {
  const asked = { challenge, bits: 12 }
  const work = await findWork(asked, peerId)
  expect(work).toBe(2239)
  expect(hash(work).readUInt16BE(0) >> 4).toBe(0)
  for (let other = 0; other < work; other += 1) expect(hash(other).readUInt16BE(0) >> 4).not.toBe(0)
  expect(isWorkDone(asked, peerId, work)).toBe(true)
  expect(isWorkDone(asked, peerId, work + 1)).toBe(false)
  expect(isWorkDone(asked, peerId.replace('9', '8'), work)).toBe(false)
})

test('it can be called off', async () => {
  const controller = new AbortController()
  const search = findWork({ challenge, bits: 24 }, peerId, { signal: controller.signal })
  controller.abort()
  await expect(search).rejects.toMatchObject({ code: 'protocol/cancelled' })
})
