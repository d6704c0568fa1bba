import { expect, test } from 'vitest'
import { mayServeAgain, stayAwake } from './stay-awake.ts'

async function isHeld(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query()
  return held.some(({ name }) => name === 'weft-serving')
}

test('one tab goes on by itself; while it serves it holds its lock, and a channel to itself', async () => {
  expect(await mayServeAgain()).toBe(true)
  const opened = new Promise<void>((resolve) => {
    const { createDataChannel } = RTCPeerConnection.prototype
    RTCPeerConnection.prototype.createDataChannel = function create(...init) {
      const channel = createDataChannel.apply(this, init)
      channel.addEventListener('open', () => resolve())
      RTCPeerConnection.prototype.createDataChannel = createDataChannel
      return channel
    }
  })
  const sleep = stayAwake()
  await opened
  await expect.poll(isHeld).toBe(true)
  sleep()
  await expect.poll(isHeld).toBe(false)
  // As another tab would be told, since this one stays open.
  expect(await mayServeAgain()).toBe(false)
})
