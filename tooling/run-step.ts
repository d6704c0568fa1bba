/**
 * Runs one command of the checks, or some of them beside each other.
 * @module
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Step = {
  name: string
  command: string
  arguments: string[]
  environment?: Record<string, string>
}

type StepOptions = {
  /** What it prints is shown when it has ended: it runs beside another one. */
  isBeside?: boolean
  /** Ends it. */
  signal?: AbortSignal
}

export const root = fileURLToPath(new URL('..', import.meta.url))

/** @returns whether the command succeeded */
export async function runStep(step: Step, options: StepOptions = {}): Promise<boolean> {
  const { name, command, arguments: args, environment } = step
  const { isBeside = false, signal } = options
  const startedMs = performance.now()
  if (!isBeside) console.log(`\n— ${name}`)
  const said: Buffer[] = []
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: isBeside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: { ...process.env, ...environment },
      shell: process.platform === 'win32',
      ...(signal ? { signal } : {}),
    })
    child.stdout?.on('data', (data) => said.push(data))
    child.stderr?.on('data', (data) => said.push(data))
    child.once('error', () => resolve(null))
    child.once('close', resolve)
  })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  if (isBeside) console.log(`\n— ${name}\n${Buffer.concat(said).toString('utf8').trim()}`)
  const outcome = code === 0 ? 'ok    ' : signal?.aborted ? 'stopped' : 'FAILED'
  console.log(`${outcome} ${name} (${seconds} s)`)
  return code === 0
}

/**
 * A step that waits much, and beside it the others one after the other.
 * @param stop - aborted by the first failure, which ends them all
 * @returns how many failed
 */
export async function runBeside(
  longest: Step,
  others: readonly Step[],
  stop?: AbortController,
): Promise<number> {
  let failed = 0
  const run = async (step: Step, isBeside: boolean): Promise<void> => {
    if (stop?.signal.aborted) return
    if (await runStep(step, { isBeside, ...(stop ? { signal: stop.signal } : {}) })) return
    failed += 1
    stop?.abort()
  }
  const inTurn = async () => {
    for (const step of others) await run(step, true)
  }
  await Promise.all([run(longest, false), inTurn()])
  return failed
}
