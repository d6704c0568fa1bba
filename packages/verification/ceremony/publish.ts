/**
 * Where the artifacts of a circuit go: to the site, by their hashes; to the contracts; and what is known of how
 * they were made, beside the circuit.
 * @module
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Compiled, circuitsFolder } from './compile.ts'
import { sha256Of } from './hashes.ts'
import type { MadeKey } from './make-key.ts'
import type { PowersOfTau } from './powers-of-tau.ts'
import { contractName, solidityVerifier } from './solidity-verifier.ts'

const inRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const siteFolder = inRoot('public/proofs')
const contractsFolder = inRoot('packages/contracts/contracts/generated')
const pinsPath = fileURLToPath(new URL('../src/proofs/artifacts.ts', import.meta.url))

type Artifact = { path: string; bytes: number; sha256: string }
type Transcript = {
  constraints: number
  isDevelopment: boolean
  artifacts: Record<string, Artifact>
}

export type PublishInit = {
  name: string
  compiled: Compiled
  powers: PowersOfTau
  key: MadeKey
}

export async function publish({ name, compiled, powers, key }: PublishInit): Promise<void> {
  await mkdir(siteFolder, { recursive: true })
  await mkdir(contractsFolder, { recursive: true })
  for (const file of await readdir(siteFolder)) {
    if (file.startsWith(`${name}-`)) await rm(join(siteFolder, file))
  }
  const verificationKey = join(siteFolder, `${name}.json`)
  await writeFile(verificationKey, `${JSON.stringify(key.verificationKey)}\n`)
  const artifacts = {
    wasm: await toSite(name, compiled.wasm),
    zkey: await toSite(name, key.zkey),
    verificationKey: await toSite(name, verificationKey),
  }
  await rm(verificationKey)
  const isDevelopment = true
  const sources = await sourcesOf(`${name}.circom`)
  const transcript = {
    circuit: name,
    constraints: compiled.constraints,
    isDevelopment,
    sources: Object.fromEntries(
      await Promise.all(
        sources.map(async (file) => [file, await sha256Of(join(circuitsFolder, file))] as const),
      ),
    ),
    r1cs: { sha256: await sha256Of(compiled.r1cs) },
    powersOfTau: { ...powers, path: basename(powers.path) },
    key: { circuitHash: key.circuitHash, contributions: key.contributions },
    artifacts,
  }
  await writeFile(
    join(circuitsFolder, `${name}.transcript.json`),
    `${JSON.stringify(transcript, null, 2)}\n`,
  )
  await writeFile(
    join(contractsFolder, `${contractName(name)}.sol`),
    solidityVerifier({ name, key: key.verificationKey, isDevelopment }),
  )
}

/** Writes `src/proofs/artifacts.ts` from all transcripts. */
export async function pinArtifacts(): Promise<void> {
  const pins: Record<string, Transcript> = {}
  for (const file of (await readdir(circuitsFolder)).sort()) {
    if (!file.endsWith('.transcript.json')) continue
    const { circuit, constraints, isDevelopment, artifacts } = JSON.parse(
      await readFile(join(circuitsFolder, file), 'utf8'),
    )
    pins[circuit] = { constraints, isDevelopment, artifacts }
  }
  const head =
    '/**\n * What the site serves for each circuit, and its hashes. Written by `npm run circuits`; not by hand.\n * @module\n */\n'
  await writeFile(pinsPath, `${head}export const artifacts = ${JSON.stringify(pins)} as const\n`)
}

/** A circuit's file and those of ours that it includes; circomlib is pinned by package-lock.json. */
async function sourcesOf(file: string): Promise<string[]> {
  const text = await readFile(join(circuitsFolder, file), 'utf8')
  const ours = new Set(await readdir(circuitsFolder))
  const included = [...text.matchAll(/^include "(.+)";$/gm)].flatMap(([, path]) => path ?? [])
  const deeper = await Promise.all(included.filter((path) => ours.has(path)).map(sourcesOf))
  return [...new Set([file, ...deeper.flat()])]
}

/** The name carries the hash: what has changed is another file, and caches need not ask. */
async function toSite(name: string, from: string): Promise<Artifact> {
  const sha256 = await sha256Of(from)
  const ending = basename(from).split('.').at(-1)
  const file = `${name}-${sha256.slice(0, 16)}.${ending}`
  await copyFile(from, join(siteFolder, file))
  const { byteLength } = await readFile(from)
  return { path: `proofs/${file}`, bytes: byteLength, sha256 }
}
