/**
 * One hash of all that the compiler is given, so that stale ABIs show without compiling anything.
 * @module
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'

/** @returns SHA-256 over the contracts, how they are compiled and by which versions, in hex */
export async function hashSources(): Promise<string> {
  const folder = new URL('./contracts/', import.meta.url)
  const files = await readdir(folder, { recursive: true })
  const names = files
    .filter((name) => name.endsWith('.sol'))
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
  const sources = await Promise.all(
    names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')]),
  )
  const settings = await readFile(new URL('../../foundry.toml', import.meta.url), 'utf8')
  const { devDependencies } = JSON.parse(
    await readFile(new URL('./package.json', import.meta.url), 'utf8'),
  )
  // What follows in the settings is of formatting and tests.
  const compiling = settings.slice(0, settings.indexOf('[fmt]'))
  return createHash('sha256')
    .update(JSON.stringify([sources, compiling, devDependencies]))
    .digest('hex')
}
