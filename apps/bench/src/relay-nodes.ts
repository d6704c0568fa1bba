/**
 * Nodes that a relay is told of: each with a key of its own, so that every signature is a real one.
 * @module
 */
import {
  bytesToHex,
  createPrivateKey,
  peerIdFromPrivateKey,
  type Registration,
  sha256,
  signRegistration,
  utf8ToBytes,
} from '@weft/protocol'

const models = 20
const regions = ['af', 'am', 'as', 'eu', 'oc']

/** One of twenty. */
export function modelCidOf(index: number): string {
  const digits = bytesToHex(sha256(utf8ToBytes(`model ${index % models}`)))
  return `bafyrei${digits.replace(/[0189]/g, 'z').slice(0, 52)}`
}

export const regionOf = (index: number): string => regions[index % regions.length] ?? 'eu'

/** @param relay - over which it is reached, as a tab would say */
export function signNode(index: number, relay: string): Registration {
  const privateKey = createPrivateKey()
  const peerId = peerIdFromPrivateKey(privateKey)
  const price = { inputWeiPerMillion: BigInt(index % 7), outputWeiPerMillion: BigInt(index % 11) }
  const engine = { runtime: 'bench', backend: 'wasm', device: '8 threads' } as const
  const modelCid = modelCidOf(index)
  return signRegistration(
    {
      version: 1,
      peerId,
      sequence: Date.now(),
      models: [{ modelCid, price, engine, tokensPerSecond: 10 + (index % 50) }],
      stores: [modelCid],
      layers: [],
      verifies: [],
      proves: [],
      region: regionOf(index),
      maxJobs: 4,
      addresses: [`${relay}/p2p-circuit/webrtc/p2p/${peerId}`],
    },
    privateKey,
  )
}
