import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBareLibp2p } from '../testing/node-network.ts'
import { FrameStream } from './frame-stream.ts'

const limits = { maxFrameBytes: 1000, maxBufferedBytes: 4000, writeMs: 300 }
const protocol = '/weft/test/1'
const peers = await Promise.all([createBareLibp2p(), createBareLibp2p()])
let arrived = Promise.withResolvers<Stream>()

beforeAll(() => peers[1].handle(protocol, (stream) => arrived.resolve(stream)))
afterAll(() => Promise.all(peers.map((peer) => peer.stop())))

async function open(): Promise<{ near: Stream; far: Stream }> {
  arrived = Promise.withResolvers()
  const address = multiaddr(peers[1].getMultiaddrs()[0]?.toString() ?? '')
  const connection = await peers[0].dial(address)
  const near = await connection.newStream(protocol)
  return { near, far: await arrived.promise }
}

test('frames of every length arrive as they were, and then the end', async () => {
  const { near, far } = await open()
  const [writer, reader] = [new FrameStream(near, limits), new FrameStream(far, limits)]
  for (const length of [0, 1, 127, 128, 1000]) {
    await writer.write(new Uint8Array(length).fill(length))
    expect(await reader.read()).toEqual(new Uint8Array(length).fill(length))
  }
  await writer.close()
  expect(await reader.read()).toBeNull()
})

test('a frame over the limit is refused before it has arrived', async () => {
  const { near, far } = await open()
  near.send(Uint8Array.of(0xe9, 0x07))
  await expect(new FrameStream(far, limits).read()).rejects.toMatchObject({
    code: 'protocol/too-large',
  })
})

test('more unread bytes than allowed cut the stream', async () => {
  const { near, far } = await open()
  const reader = new FrameStream(far, limits)
  const cut = new Promise((resolve) => near.addEventListener('close', resolve))
  near.send(new Uint8Array(5000).fill(1))
  await cut
  await expect(reader.read()).rejects.toMatchObject({ code: 'protocol/too-large' })
})

test('an end inside a frame is no end', async () => {
  const { near, far } = await open()
  near.send(Uint8Array.of(5, 1, 2))
  await near.close()
  await expect(new FrameStream(far, limits).read()).rejects.toMatchObject({
    code: 'network/stream-lost',
  })
})

test('an aborted read loses no frame', async () => {
  const { near, far } = await open()
  const reader = new FrameStream(far, limits)
  await expect(reader.read({ signal: AbortSignal.timeout(20) })).rejects.toThrow()
  await new FrameStream(near, limits).write(Uint8Array.of(7))
  expect(await reader.read()).toEqual(Uint8Array.of(7))
})

test('a reader that takes nothing loses the stream, and no write waits for ever', async () => {
  const { near, far } = await open()
  far.pause()
  const writer = new FrameStream(near, limits)
  const flood = async () => {
    for (;;) await writer.write(new Uint8Array(1000))
  }
  await expect(flood()).rejects.toMatchObject({
    code: 'network/stream-lost',
    cause: { code: 'network/timeout' },
  })
  expect(near.status).toBe('aborted')
})

test('a close that cannot be sent cuts the stream', async () => {
  const { near, far } = await open()
  far.pause()
  near.send(new Uint8Array(1_000_000))
  await new FrameStream(near, limits).close()
  expect(near.status).toBe('aborted')
})
