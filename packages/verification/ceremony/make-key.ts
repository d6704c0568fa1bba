/**
 * The second half of the ceremony, for one circuit: a key that proves and one that verifies.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type VerificationKey, zKey } from 'snarkjs'
import type { Compiled } from './compile.ts'
import { toHex } from './hashes.ts'
import {
  beaconIterations,
  type Contribution,
  developmentBeacon,
  type PowersOfTau,
} from './powers-of-tau.ts'

export type MadeKey = {
  zkey: string
  verificationKey: VerificationKey
  /** Of the circuit as the key sees it: whoever compiles the circuit gets the same. */
  circuitHash: string
  contributions: readonly Contribution[]
}

/**
 * One contribution and a beacon. Without a contribution the key can be forged with; with one of this machine it
 * can be forged with by whoever saw what this machine had drawn: for development only.
 * @throws when the key that came out does not fit the circuit and the powers
 */
export async function makeKey(
  { r1cs }: Compiled,
  powers: PowersOfTau,
  folder: string,
): Promise<MadeKey> {
  const at = (name: string) => join(folder, `${name}.zkey`)
  const [name, beaconName] = ['development', 'development beacon']
  const circuitHash = await zKey.newZKey(r1cs, powers.path, at('new'))
  if (circuitHash === -1) throw new Error(`the circuit has more than 2^${powers.power} constraints`)
  const entropy = randomBytes(64).toString('hex')
  const contributed = await zKey.contribute(at('new'), at('contributed'), name, entropy)
  const beacon = developmentBeacon('key')
  const final = await zKey.beacon(
    at('contributed'),
    at('final'),
    beaconName,
    beacon,
    beaconIterations,
  )
  if (!(await zKey.verifyFromR1cs(r1cs, powers.path, at('final')))) {
    throw new Error('the key does not fit the circuit and the powers of tau')
  }
  const verificationKey = await zKey.exportVerificationKey(at('final'))
  for (const step of ['new', 'contributed']) await rm(at(step))
  return {
    zkey: at('final'),
    verificationKey,
    circuitHash: toHex(circuitHash),
    contributions: [
      { name, hash: toHex(contributed) },
      { name: beaconName, hash: toHex(final), beacon },
    ],
  }
}
