import { expect, test } from 'vitest'
import { checkVisitor, proveVisitor } from './grant-messages.ts'
import { createPrivateKey, peerIdFromPrivateKey } from './signature.ts'

test('a proof is of one key, for one app on one page and one challenge', () => {
  const privateKey = createPrivateKey()
  const peerId = peerIdFromPrivateKey(privateKey)
  const request = { app: 'fox-blog', peerId, pageOrigin: 'https://fox.example' }
  const work = { challenge: new Uint8Array(16).fill(3), bits: 8 }
  const done = { work: 5, captcha: null, privateKey }
  const { proof, ...same } = proveVisitor(request, { work, expiresAtMs: 9 }, done)
  if (!proof) throw new Error('It was made.')
  checkVisitor({ ...same, proof })
  const others = [
    { ...same, proof, app: 'other' },
    { ...same, proof, pageOrigin: 'https://other.example' },
    { ...same, proof, peerId: peerIdFromPrivateKey(createPrivateKey()) },
    { ...same, proof: { ...proof, challenge: new Uint8Array(16) } },
  ]
  for (const other of others) {
    expect(() => checkVisitor(other)).toThrow(
      expect.objectContaining({ code: 'protocol/signature' }),
    )
  }
})
