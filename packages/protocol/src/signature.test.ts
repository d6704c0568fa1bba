import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey as libp2pPeerId } from '@libp2p/peer-id'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { MalformedError, SignatureError } from './errors.ts'
import {
  checkSignature,
  createPrivateKey,
  peerIdFromPrivateKey,
  publicKeyFromPeerId,
  signValue,
} from './signature.ts'

const schema = z.strictObject({ text: z.string() })

test('the PeerId is the one libp2p gives the same key', () => {
  const privateKey = createPrivateKey()
  const peerId = libp2pPeerId(privateKeyFromRaw(privateKey))
  expect(peerIdFromPrivateKey(privateKey)).toBe(peerId.toString())
  expect(publicKeyFromPeerId(peerId.toString())).toEqual(peerId.publicKey?.raw)
})

test('the PeerId of another kind of key is refused', async () => {
  const ed25519 = libp2pPeerId(await generateKeyPair('Ed25519'))
  expect(() => publicKeyFromPeerId(ed25519.toString())).toThrow(MalformedError)
  expect(() => publicKeyFromPeerId('not base58 0OIl')).toThrow(MalformedError)
})

test('a signature holds for its key, value and domain only', () => {
  const privateKey = createPrivateKey()
  const peerId = peerIdFromPrivateKey(privateKey)
  const signature = signValue('a', schema, { text: 'x' }, privateKey)
  const check = (domain: string, text: string, by = peerId) =>
    checkSignature(domain, schema, { text }, { signature, peerId: by })
  expect(() => check('a', 'x')).not.toThrow()
  expect(() => check('b', 'x')).toThrow(SignatureError)
  expect(() => check('a', 'y')).toThrow(SignatureError)
  expect(() => check('a', 'x', peerIdFromPrivateKey(createPrivateKey()))).toThrow(SignatureError)
})
