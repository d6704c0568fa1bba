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

test('a reader that starts and stops never makes more wait here than a window', async () => {
  const { near, far } = await open()
  const writer = new FrameStream(near, { ...limits, writeMs: 10_000 })
  let isOver = false
  let arrived = 0
  far.addEventListener('message', ({ data }) => {
    arrived += data.byteLength
    if (isOver) return
    far.pause()
    setTimeout(() => far.resume(), 5)
  })
  let mostUnsent = 0
  for (let frame = 0; frame < 3_000; frame += 1) {
    await writer.write(new Uint8Array(1000))
    mostUnsent = Math.max(mostUnsent, near.writeBufferLength)
  }
  isOver = true
  expect(mostUnsent).toBeLessThan(10_000)
  await expect.poll(() => arrived, { timeout: 10_000 }).toBeGreaterThan(3_000_000)
})

test('writers that do not wait for each other fill no memory', async () => {
  const { near, far } = await open()
  far.pause()
  const writer = new FrameStream(near, { ...limits, writeMs: 10_000 })
  let mostUnsent = 0
  const write = () => {
    const writing = writer.write(new Uint8Array(1000))
    mostUnsent = Math.max(mostUnsent, near.writeBufferLength)
    return writing
  }
  const results = await Promise.allSettled(Array.from({ length: 3_000 }, write))
  expect(mostUnsent).toBeGreaterThan(1_000_000)
  expect(mostUnsent).toBeLessThan(1_060_000)
  expect(results.at(-1)).toMatchObject({ reason: { code: 'network/stream-lost' } })
  expect(near.status).toBe('aborted')
  expect(near.writeBufferLength).toBe(0)
})
