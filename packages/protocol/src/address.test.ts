import { expect, test } from 'vitest'
import { addressFromPeerId, addressSchema, modelKey } from './address.ts'
import { hexToBytes } from './bytes.ts'
import { decode, encode } from './codec.ts'
import { peerIdFromPrivateKey } from './signature.ts'

test('the first accounts of the well-known development phrase', () => {
  const keys = {
    ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80:
      '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
    '59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d':
      '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
  }
  for (const [key, address] of Object.entries(keys)) {
    expect(addressFromPeerId(peerIdFromPrivateKey(hexToBytes(key)))).toBe(address)
  }
})

test('an address is 20 bytes on the wire and has one form in memory', () => {
  const address = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'
  const bytes = encode('address', addressSchema, address)
  expect(bytes).toHaveLength(21)
  expect(decode('address', addressSchema, bytes)).toBe(address)
  const checksummed = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
  expect(() => encode('address', addressSchema, checksummed)).toThrow('valid address')
})

test('a model is known on chain by the digest in its CID', () => {
  const cid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
  expect(modelKey(cid)).toBe('0xc3c4733ec8affd06cf9e9ff50ffc6bcd2ec85a6170004bb709669c31de94391a')
})
