/**
 * One Weft per state folder: two would share the relay's key and build over each other's site.
 * @module
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * @returns a function that gives the folder back
 * @throws Error when a living process holds it
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'running.pid')
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' })
      return () => rm(path, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''))
    if (holder > 0 && isAlive(holder)) {
      throw new Error(
        `It already runs from this folder (process ${holder}). End that one with Ctrl-C, or give this one a folder of its own with --state.`,
      )
    }
    await rm(path, { force: true }) // Its process ended without a word.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
