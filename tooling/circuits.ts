/**
 * `npm run circuits`: compiles circuits, makes their keys, and writes what the site and the contracts take of
 * them. Keys made here are for development: `packages/verification/circuits/CEREMONY.md` says what others take.
 * Takes minutes of a whole machine, so what comes out is committed and no test makes it again.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { circuitsFolder, compileCircuit } from '../packages/verification/ceremony/compile.ts'
import { makeKey } from '../packages/verification/ceremony/make-key.ts'
import { developmentPowers, givenPowers } from '../packages/verification/ceremony/powers-of-tau.ts'
import { pinArtifacts, publish } from '../packages/verification/ceremony/publish.ts'
import { readCommandLine, refuse } from './command-line.ts'
import { root, runStep } from './run-step.ts'

const usage = `npm run circuits -- [CIRCUIT ...] [--power N] [--powers-of-tau FILE]

Compiles the circuits, all that there are or those named, and makes their keys anew.

  --power N             takes circuits of 2^N constraints at most; 14 where it is not said
  --powers-of-tau FILE  of that power, prepared for phase 2; made, for development, where it is not said`

const { values, positionals } = readCommandLine(usage, {
  power: { type: 'string', default: '14' },
  'powers-of-tau': { type: 'string' },
})
const power = Number(values.power)
if (!Number.isInteger(power) || power < 8 || power > 20) refuse(usage, '--power is 8 to 20')

// A main component makes it a circuit; the others are parts of some.
const known = readdirSync(circuitsFolder)
  .filter((file) => file.endsWith('.circom') && hasMain(join(circuitsFolder, file)))
  .map((file) => file.slice(0, -'.circom'.length))
const names = positionals.length > 0 ? positionals : known
const unknown = names.find((name) => !known.includes(name))
if (unknown) refuse(usage, `There is no circuit ${unknown}, there are: ${known.join(', ')}`)

const folder = join(root, '.weft/circuits')
const given = values['powers-of-tau']
const powers = given ? await givenPowers(given, power) : await developmentPowers(power, folder)
for (const name of names) {
  const started = performance.now()
  const compiled = await compileCircuit(name, join(folder, name))
  const key = await makeKey(compiled, powers, join(folder, name))
  await publish({ name, compiled, powers, key })
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(`${name}: ${compiled.constraints} constraints, a development key, ${seconds} s`)
}
await pinArtifacts()
const pinned = 'packages/verification/src/proofs/artifacts.ts'
await runStep({ name: 'format', command: 'biome', arguments: ['format', '--write', pinned] })

// snarkjs keeps its workers.
process.exit()

function hasMain(path: string): boolean {
  return readFileSync(path, 'utf8').includes('\ncomponent main')
}
