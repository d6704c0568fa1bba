/**
 * Runs one command of the checks, its output shown as it comes.
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

export const root = fileURLToPath(new URL('..', import.meta.url))

/** @returns whether the command succeeded */
export async function runStep({
  name,
  command,
  arguments: args,
  environment,
}: Step): Promise<boolean> {
  const startedMs = performance.now()
  console.log(`\n— ${name}`)
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
      shell: process.platform === 'win32',
    })
    child.once('error', () => resolve(null))
    child.once('exit', resolve)
  })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  return code === 0
}
