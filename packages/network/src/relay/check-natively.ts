/**
 * Checks a registration with OpenSSL, several times as fast as in JavaScript: a relay that joins
 * others has thousands to check. Node only.
 * @module
 */
import { createPublicKey, verify } from 'node:crypto'
import {
  keyBytesFromPeerId,
  type Registration,
  registrationBytesToSign,
  SignatureError,
  WeftError,
} from '@weft/protocol'

/** SubjectPublicKeyInfo of a compressed secp256k1 key up to its 33 bytes (RFC 5480, SEC 2). */
const spkiPrefix = Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex')
/** Half of the order: a larger s is the same signature in another form, which tabs refuse (BIP 62). */
const maxS = Buffer.from('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0', 'hex')

/** @throws SignatureError; WeftError `protocol/registration` when it is not about `peerId` */
export function checkNatively(registration: Registration, peerId: string): void {
  if (registration.peerId !== peerId) {
    throw new WeftError('protocol/registration', 'A peer may only register itself.')
  }
  const { signature } = registration
  const der = Buffer.concat([spkiPrefix, keyBytesFromPeerId(peerId)])
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  const isLow = Buffer.compare(signature.subarray(32), maxS) <= 0
  const signed = registrationBytesToSign(registration)
  if (!isLow || !verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)) {
    throw new SignatureError({ subject: 'weft/registration/1', peerId })
  }
}
