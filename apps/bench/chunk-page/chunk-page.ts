/**
 * Runs inside the two browsers of `bench chunks`: a tab on the network that gives or takes chunks, and a
 * raw data channel beside it.
 * @module
 */
import { createNetwork, type Network } from '@weft/network'
import { bytesEqual, bytesToHex, chunkBytes, createPrivateKey, type Offer } from '@weft/protocol'
import { createRawChannel, type RawChannel } from './raw-channel.ts'

export type ChunkPage = {
  raw: RawChannel
  open(): Promise<void>
  /** Makes so many chunks, gives them to whoever asks. @returns their hashes, in hex */
  give(count: number): Promise<string[]>
  /** @returns milliseconds until every chunk was there and had its hash */
  take(hashes: string[]): Promise<number>
}

const modelCid = `b${'a'.repeat(58)}`
const limits = { bytesPerSecond: null, maxPeers: 1 }
/** As many as a download asks of one tab. */
const inFlight = 3

function createChunkPage(): ChunkPage {
  let network: Network

  async function findGiver(): Promise<Offer> {
    for (;;) {
      const [offer] = await network.findOffers({ role: 'stores', modelCid }).catch(() => [])
      if (offer) return offer
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  return {
    raw: createRawChannel(),
    async open() {
      const { relays, iceServers } = await (await fetch('/weft.json')).json()
      network = await createNetwork({ privateKey: createPrivateKey(), relays, iceServers })
    },
    async give(count) {
      const held = new Map<string, Uint8Array>()
      for (let index = 0; index < count; index += 1) {
        const bytes = new Uint8Array(chunkBytes)
        for (let at = 0; at < chunkBytes; at += 65_536) {
          crypto.getRandomValues(bytes.subarray(at, at + 65_536))
        }
        held.set(bytesToHex(await sha256(bytes)), bytes)
      }
      network.handleChunks({
        limits: () => limits,
        manifest: async () => null,
        holdings: async () => null,
        chunk: async (hash) => held.get(hash) ?? null,
        onGiven: () => {},
      })
      network.announce({ stores: [modelCid] })
      return [...held.keys()]
    },
    async take(hashes) {
      const line = await network.openChunks((await findGiver()).registration)
      const wanted = hashes.map((hash) => Uint8Array.from(hash.match(/../g) ?? [], fromHex))
      const fetchRest = async () => {
        for (let hash = wanted.pop(); hash; hash = wanted.pop()) {
          const answer = await line.chunk(hash)
          const isRight = answer.type === 'chunk' && bytesEqual(await sha256(answer.bytes), hash)
          if (!isRight) throw new Error('A chunk is not what it should be.')
        }
      }
      const startedMs = performance.now()
      await Promise.all(Array.from({ length: inFlight }, fetchRest))
      const tookMs = performance.now() - startedMs
      line.close()
      return tookMs
    },
  }
}

const fromHex = (digits: string) => Number.parseInt(digits, 16)

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
}

Object.assign(window, { chunkPage: createChunkPage() })
