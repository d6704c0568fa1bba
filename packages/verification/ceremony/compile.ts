/**
 * Compiles a circuit with circom from npm, which is WebAssembly.
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Compiled = {
  r1cs: string
  /** Computes witnesses. */
  wasm: string
  /** What circom counted. */
  constraints: number
}

/** Of the circuits, each a `NAME.circom`. */
export const circuitsFolder = fileURLToPath(new URL('../circuits/', import.meta.url))

const require = createRequire(import.meta.url)

/**
 * @param folder - where the compiled files go; made where it is not there
 * @param simplification - `O2` is what keys are made for; `O1` leaves sums as they are written, so that each signal
 *   still has a constraint of its own
 * @throws what circom says
 */
export async function compileCircuit(
  name: string,
  folder: string,
  simplification: 'O1' | 'O2' = 'O2',
): Promise<Compiled> {
  await mkdir(folder, { recursive: true })
  const library = join(dirname(require.resolve('circomlib/package.json')), 'circuits')
  // circom sees folders below and above the one that it runs in, by relative paths.
  const here = (path: string) => relative(process.cwd(), path)
  const said = await run(process.execPath, [
    require.resolve('circom2/cli.js'),
    here(join(circuitsFolder, `${name}.circom`)),
    ...['--r1cs', '--wasm', `--${simplification}`, '-l', here(library), '-o', here(folder)],
  ])
  return {
    r1cs: join(folder, `${name}.r1cs`),
    wasm: join(folder, `${name}_js`, `${name}.wasm`),
    constraints:
      numberIn(said, /non-linear constraints: (\d+)/) +
      numberIn(said, /^linear constraints: (\d+)/m),
  }
}

function numberIn(text: string, pattern: RegExp): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: circom colours its words.
  return Number(pattern.exec(text.replaceAll(/\x1b\[\d+m/g, ''))?.[1] ?? 0)
}

/** @returns what it printed */
async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (data) => {
    said += data
  })
  child.stderr.on('data', (data) => {
    said += data
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`circom ended with ${code}: ${said}`)
  return said
}
