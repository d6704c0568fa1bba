import { createPrivateKey, peerIdFromPrivateKey, signRegistration } from '@weft/protocol'
import { expect, test } from 'vitest'
import { announcement, unannounced } from '../testing/fixtures.ts'
import { checkNatively } from './check-natively.ts'

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

function signed(privateKey = createPrivateKey()) {
  const peerId = peerIdFromPrivateKey(privateKey)
  const offers = { ...unannounced, ...announcement }
  const addresses = ['/ip4/127.0.0.1/tcp/1/ws']
  return signRegistration({ version: 1, peerId, sequence: 1, ...offers, addresses }, privateKey)
}

test('what tabs sign is accepted, and nothing that was changed', () => {
  for (let count = 0; count < 20; count += 1) {
    const registration = signed()
    checkNatively(registration, registration.peerId)
    const changed = { ...registration, sequence: 2 }
    expect(() => checkNatively(changed, registration.peerId)).toThrow('signature')
  }
  const one = signed()
  expect(() => checkNatively(one, signed().peerId)).toThrow('only register itself')
})

test('the other form of a signature, which tabs refuse, is refused here too', () => {
  const registration = signed()
  const s = BigInt(`0x${Buffer.from(registration.signature.subarray(32)).toString('hex')}`)
  const other = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')
  const signature = Uint8Array.from([...registration.signature.subarray(0, 32), ...other])
  const again = { ...registration, signature }
  expect(() => checkNatively(again, registration.peerId)).toThrow('signature')
})

test('a name that holds no point of the curve is no key', () => {
  const registration = { ...signed(), peerId: `16Uiu2${'A'.repeat(47)}` }
  expect(() => checkNatively(registration, registration.peerId)).toThrow()
})
