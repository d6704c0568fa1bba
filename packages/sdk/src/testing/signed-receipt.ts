/**
 * A node's signature under an answer that nobody computed: for what only looks at who signed what.
 * @module
 */
import {
  createPrivateKey,
  freePrice,
  type PrivateKey,
  peerIdFromPrivateKey,
  type Receipt,
  randomBytes,
  signReceipt,
} from '@weft/protocol'

export function signedReceipt(node: PrivateKey, changed: Partial<Receipt> = {}): Receipt {
  const hash = randomBytes(32)
  return signReceipt(
    {
      version: 1,
      jobId: hash,
      modelCid: 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi',
      tokenizerHash: hash,
      samplerHash: hash,
      nodePeerId: peerIdFromPrivateKey(node),
      clientPeerId: peerIdFromPrivateKey(createPrivateKey()),
      nonce: hash,
      inputTokens: 3,
      firstToken: 0,
      outputTokens: 2,
      tokenChain: [hash],
      textHash: hash,
      finishReason: 'stop',
      engine: { runtime: 'test', backend: 'wasm', device: '' },
      price: freePrice,
      costWei: 0n,
      channelId: null,
      prefillMs: 1,
      decodeMs: 1,
      endedAtMs: Date.now(),
      ...changed,
    },
    node,
  )
}
