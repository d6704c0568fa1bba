import {
  channelsDomain,
  grantTypes,
  registrationTypes,
  registryDomain,
  voucherTypes,
} from '@weft/contracts'
import {
  addressFromPeerId,
  createPrivateKey,
  peerIdFromPrivateKey,
  publicKeyFromPeerId,
  signHash,
} from '@weft/protocol'
import {
  bytesToHex,
  compactSignatureToSignature,
  encodeAbiParameters,
  hashTypedData,
  keccak256,
  recoverAddress,
  serializeSignature,
} from 'viem'
import { expect, test } from 'vitest'
import { laneBetween, laneIdOf } from './lane.ts'
import { signRegistration } from './registration.ts'
import { compactSignature, isSignedBy } from './signatures.ts'
import { createVoucherHasher, hashGrant } from './typed-hashes.ts'

const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const channelId = `0x${'07'.repeat(32)}` as const
const at = { chainId: 31_337, contract: `0x${'c0'.repeat(20)}` } as const
const domain = channelsDomain({ chainId: at.chainId, address: at.contract })
const privateKey = createPrivateKey()
const payerPeerId = peerIdFromPrivateKey(privateKey)
const payeePeerId = peerIdFromPrivateKey(createPrivateKey())
const lane = laneBetween({ channelId }, { payerPeerId, payeePeerId, modelCid })

test('the hash of a voucher is that of EIP-712, one after the other', () => {
  const hash = createVoucherHasher(at, lane)
  const { payee, model } = lane
  for (const maxClaimableAmount of [0n, 1n, 10n ** 18n, 2n ** 96n - 1n]) {
    const message = { channelId, payee, model, maxClaimableAmount }
    const expected = hashTypedData({
      domain,
      types: voucherTypes,
      primaryType: 'Voucher',
      message,
    })
    expect(bytesToHex(hash(maxClaimableAmount))).toBe(expected)
  }
})

test('the hash of a grant is that of EIP-712', () => {
  const grant = { signer: lane.signer, grantee: lane.payee, capWei: 5n, expiry: 1_800_000_000 }
  const message = { channelId, signer: grant.signer, grantee: grant.grantee, cap: 5n }
  expect(bytesToHex(hashGrant({ ...at, channelId }, grant))).toBe(
    hashTypedData({
      domain,
      types: grantTypes,
      primaryType: 'Grant',
      message: { ...message, expiry: 1_800_000_000n },
    }),
  )
})

test('the id of a lane is that of its ABI encoding', () => {
  const types = ['bytes32', 'address', 'address', 'bytes32'].map((type) => ({ type }))
  const { signer, payee, model } = lane
  const encoded = encodeAbiParameters(types, [channelId, signer, payee, model])
  expect(laneIdOf(lane)).toBe(keccak256(encoded))
})

test('the owner of a key is the one that it has agreed to', async () => {
  const { chainId, contract: registry } = at
  const message = { owner: lane.payee, roles: 9, nonce: 3n, deadline: 1_800_000_000n }
  const hash = hashTypedData({
    domain: registryDomain({ chainId, address: registry }),
    types: registrationTypes,
    primaryType: 'Registration',
    message: { operator: lane.signer, ...message },
  })
  const signature = signRegistration({ chainId, registry, ...message }, privateKey)
  expect((await recoverAddress({ hash, signature })).toLowerCase()).toBe(lane.signer)
})

test('a signature without its parity becomes the one that a contract recovers the signer from', async () => {
  const address = addressFromPeerId(payerPeerId)
  const hash = createVoucherHasher(at, lane)
  const parities = new Set<string>()
  for (let amount = 1n; amount <= 12n; amount += 1n) {
    const signed = hash(amount)
    const signature = signHash(signed, privateKey)
    expect(isSignedBy(signed, signature, publicKeyFromPeerId(payerPeerId))).toBe(true)
    expect(isSignedBy(signed, signature, publicKeyFromPeerId(payeePeerId))).toBe(false)
    const compact = compactSignature(signed, signature, address)
    if (!compact) throw new Error('No parity fits.')
    const full = serializeSignature(
      compactSignatureToSignature({ r: compact.r, yParityAndS: compact.vs }),
    )
    const recovered = await recoverAddress({ hash: bytesToHex(signed), signature: full })
    expect(recovered.toLowerCase()).toBe(address)
    parities.add(full.slice(-2))
    expect(compactSignature(signed, signature, lane.payee)).toBeUndefined()
  }
  expect(parities.size).toBe(2)
})

test('bytes that are no signature are nobody’s', () => {
  const hash = createVoucherHasher(at, lane)(1n)
  const noise = [new Uint8Array(64), new Uint8Array(64).fill(255)]
  for (const signature of noise) {
    expect(isSignedBy(hash, signature, publicKeyFromPeerId(payerPeerId))).toBe(false)
    expect(compactSignature(hash, signature, lane.signer)).toBeUndefined()
  }
})
