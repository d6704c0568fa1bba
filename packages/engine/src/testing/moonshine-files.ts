/**
 * Moonshine tiny, and somebody who speaks, read from disk.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { moonshineFiles, moonshineFolder } from './moonshine.ts'
import { readWav } from './wav.ts'

export function readMoonshine(): Promise<Map<string, Uint8Array>> {
  const [scope, name, ...folder] = moonshineFolder.split('/')
  const packageFile = findPackageJSON(`${scope}/${name}`, import.meta.url)
  if (!packageFile) throw new Error(`${scope}/${name} is not installed.`)
  const pathOf = (file: string) =>
    packageFile.replace(/package\.json$/, [...folder, file].join('/'))
  return moonshineFiles(async (file) => new Uint8Array(await readFile(pathOf(file))))
}

/** "He might even have been made amiable himself.", at 16 kHz. */
export async function readRecording(): Promise<Float32Array> {
  const bytes = await readFile(new URL('./recordings/austen.wav', import.meta.url))
  return readWav(new Uint8Array(bytes))
}
