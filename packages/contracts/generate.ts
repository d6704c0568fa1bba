/**
 * Writes `src/generated` from what forge built: ABIs as const for types, bytecode apart from them, since a
 * page needs the first and never the second; and how large each contract is, which must be no more than a chain
 * takes. `--check` only says whether they are current.
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { hashSources } from './sources-hash.ts'

const names = [
  'Allocation',
  'Channels',
  'Credits',
  'CreditVerifier',
  'LendingDesk',
  'MlpVerifier',
  'Models',
  'PoseidonT2',
  'PoseidonT3',
  'PoseidonT4',
  'ProvedInference',
  'Registry',
  'Token',
  'Verdicts',
  'Vesting',
] as const
/** Whose bytecode a deployment sends itself; the others are created by these. */
const deployed: readonly string[] = names.filter((name) => name !== 'Token' && name !== 'Vesting')
/** Of others, deployed as they are: nothing of ours calls them but contracts. */
const libraries: readonly string[] = ['PoseidonT2', 'PoseidonT3', 'PoseidonT4']

type Artifact = {
  abi: unknown
  bytecode: { object: string; linkReferences: Record<string, Record<string, Place[]>> }
  deployedBytecode: { object: string }
}
/** In bytes. */
type Place = { start: number; length: number }

/** Of what lies on a chain, by EIP-170. */
const mostBytes = 24_576

const artifacts = new URL('../../.weft/forge/out/', import.meta.url)
const generated = new URL('./src/generated/', import.meta.url)
const head = '/** Written by `npm run contracts`; not by hand. @module */\n'

const files = {
  'abis.ts': head,
  'bytecode.ts': head,
  'sources.json': `${JSON.stringify({ sha256: await hashSources() })}\n`,
  'sizes.json': '',
}
const sizes: Record<string, number> = {}
for (const name of names) {
  const { abi, bytecode, deployedBytecode } = await readArtifact(name)
  sizes[name] = (deployedBytecode.object.length - 2) / 2
  const variable = `${name[0]?.toLowerCase()}${name.slice(1)}`
  if (!libraries.includes(name)) {
    files['abis.ts'] += `export const ${variable}Abi = ${JSON.stringify(abi)} as const\n`
  }
  if (deployed.includes(name)) {
    files['bytecode.ts'] += `export const ${variable}Bytecode =\n  '${linkable(bytecode)}'\n`
  }
}
files['sizes.json'] = `${JSON.stringify(sizes)}\n`

for (const [name, bytes] of Object.entries(sizes)) {
  if (bytes <= mostBytes) continue
  console.error(`${name} is ${bytes} bytes; a chain takes ${mostBytes} (EIP-170). Make it smaller.`)
  process.exitCode = 1
}

const isCheck = process.argv.includes('--check')
for (const [name, text] of Object.entries(files)) {
  const path = new URL(name, generated)
  if (!isCheck) {
    await mkdir(generated, { recursive: true })
    await writeFile(path, text)
  } else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
    console.error(`${fileURLToPath(path)} is not what the contracts compile to: npm run contracts`)
    process.exitCode = 1
  }
}

/** With the names of libraries where their addresses go, as long as those. */
function linkable({ object, linkReferences }: Artifact['bytecode']): string {
  let text = object
  for (const [name, places] of Object.values(linkReferences).flatMap(Object.entries)) {
    for (const { start, length } of places as Place[]) {
      const [from, to] = [2 + 2 * start, 2 + 2 * (start + length)]
      text = text.slice(0, from) + name.padStart(2 * length, '_') + text.slice(to)
    }
  }
  return text
}

async function readArtifact(name: string): Promise<Artifact> {
  const file = name === 'Vesting' ? 'Allocation' : name
  return JSON.parse(await readFile(new URL(`${file}.sol/${name}.json`, artifacts), 'utf8'))
}
