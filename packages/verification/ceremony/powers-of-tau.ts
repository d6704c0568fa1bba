/**
 * The first half of the ceremony, which does not know the circuit. Made here it is for development only: one
 * machine knows what nobody may know. In production it is a public file; see `circuits/CEREMONY.md`.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { curves, powersOfTau } from 'snarkjs'
import { sha256Of, toHex } from './hashes.ts'

/**
 * What a transcript says of one hand that took part: `hash` is snarkjs' BLAKE2b of what it answered, `beacon` what
 * a beacon started from, hashed 2^10 times.
 */
export type Contribution = { name: string; hash: string; beacon?: string }

export type PowersOfTau = {
  path: string
  /** Circuits of at most 2^power constraints. */
  power: number
  sha256: string
  /** `development`: made by `npm run circuits` on one machine. */
  origin: 'development' | 'given'
  contributions: readonly Contribution[]
}

/** In production a number that nobody could know before; for development nobody has to believe that. */
export function developmentBeacon(what: 'powers of tau' | 'key'): string {
  return createHash('sha256').update(`Weft development ${what}`).digest('hex')
}

/** 2^10 hashes, the least that snarkjs takes. */
export const beaconIterations = 10

/** A file that somebody brings, prepared for phase 2. */
export async function givenPowers(path: string, power: number): Promise<PowersOfTau> {
  return { path, power, sha256: await sha256Of(path), origin: 'given', contributions: [] }
}

/** Makes them, or takes those that were made before. 13 minutes of one core for a power of 14. */
export async function developmentPowers(power: number, folder: string): Promise<PowersOfTau> {
  await mkdir(folder, { recursive: true })
  const at = (name: string) => join(folder, `${name}-${power}.ptau`)
  const [path, notes] = [at('powers-of-tau'), join(folder, `powers-of-tau-${power}.json`)]
  if (await stat(notes).catch(() => undefined)) {
    const contributions: Contribution[] = JSON.parse(await readFile(notes, 'utf8'))
    return { path, power, sha256: await sha256Of(path), origin: 'development', contributions }
  }
  await powersOfTau.newAccumulator(await curves.getCurveFromName('bn128'), power, at('new'))
  const [name, beaconName] = ['development', 'development beacon']
  const entropy = randomBytes(64).toString('hex')
  const contributed = await powersOfTau.contribute(at('new'), at('contributed'), name, entropy)
  const beacon = developmentBeacon('powers of tau')
  const final = await powersOfTau.beacon(
    at('contributed'),
    at('final'),
    beaconName,
    beacon,
    beaconIterations,
  )
  await powersOfTau.preparePhase2(at('final'), at('prepared'))
  await rename(at('prepared'), path)
  for (const step of ['new', 'contributed', 'final']) await rm(at(step))
  const contributions: Contribution[] = [
    { name, hash: toHex(contributed) },
    { name: beaconName, hash: toHex(final), beacon },
  ]
  await writeFile(notes, JSON.stringify(contributions))
  return { path, power, sha256: await sha256Of(path), origin: 'development', contributions }
}
