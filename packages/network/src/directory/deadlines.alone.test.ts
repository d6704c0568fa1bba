import { multiaddr } from '@multiformats/multiaddr'
import {
  createPrivateKey,
  directoryRequestSchema,
  encode,
  peerIdFromPrivateKey,
  signRegistration,
} from '@weft/protocol'
import { test, vi } from 'vitest'
import { createRelay } from '../relay/index.ts'
import { announcement, anyQuery, eventually, unannounced } from '../testing/fixtures.ts'
import { createBareLibp2p } from '../testing/node-network.ts'
import { FrameStream } from '../wire/frame-stream.ts'
import { directoryProtocol } from './constants.ts'
import { DirectoryClient } from './directory-client.ts'

vi.mock(import('./constants.ts'), async (original) => {
  const constants = await original()
  return { ...constants, relaySide: { ...constants.relaySide, writeMs: 500 } }
})

/** As large as one may be: about 8 KiB. */
function largeRegistration(privateKey: Uint8Array) {
  const engine = { runtime: 'r'.repeat(100), backend: 'wasm', device: 'd'.repeat(200) } as const
  const models = announcement.models.flatMap((model) =>
    Array.from({ length: 13 }, () => ({ ...model, engine })),
  )
  const peerId = peerIdFromPrivateKey(privateKey)
  const addresses = ['/ip4/127.0.0.1/tcp/1/ws']
  const unsigned = { version: 1 as const, peerId, sequence: 1, ...unannounced, maxJobs: 1 }
  return signRegistration({ ...unsigned, models, addresses }, privateKey)
}

test('a tab that asks and never reads is cut', { timeout: 20_000 }, async () => {
  const relay = await createRelay({ privateKey: createPrivateKey(), host: '127.0.0.1', port: 0 })
  const address = multiaddr(relay.addresses()[0] ?? '')
  const join = async (key = createPrivateKey()) => {
    const libp2p = await createBareLibp2p(key)
    const connection = await libp2p.dial(address)
    const directory = new DirectoryClient({
      connection,
      onStreamLost: () => {},
      onDraining: () => {},
    })
    await directory.request({ type: 'register', registration: largeRegistration(key), work: null })
    return libp2p
  }
  const nodes = await Promise.all(Array.from({ length: 6 }, () => join()))

  const tab = await createBareLibp2p()
  const stream = await (await tab.dial(address)).newStream(directoryProtocol)
  const frames = new FrameStream(stream, { maxFrameBytes: 1, maxBufferedBytes: 1, writeMs: 5_000 })
  stream.pause()
  const bytes = encode('query', directoryRequestSchema, { ...anyQuery, requestId: 1 })
  // No more than the rate allows, yet 2 MB of answers, twice what yamux sends to who does not read.
  for (let count = 0; count < 55; count += 1) await frames.write(bytes)
  await eventually(() => stream.status !== 'open')
  await Promise.all([...nodes, tab].map((libp2p) => libp2p.stop()))
  await relay.stop()
})
