/**
 * A model's files, from a folder of this machine or from a hub.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { ModelFiles } from '@weft/engine/local'
import { WeftError } from '@weft/protocol'
import { type Choice, chooseFiles } from './choose-files.ts'
import { download, findModel, type HubFile } from './hub.ts'
import { licenceOfCard, licenceOfHub } from './licence.ts'

export type BringInit = {
  /** A folder, or `<publisher>/<name>` on the hub. */
  from: string
  asked: string
  graph: string | undefined
  hub: string
  revision: string
  /** Where downloads go. */
  out: string
}

export type BroughtModel = Choice & {
  folder: string
  files: ModelFiles
  /** Where the files lie on the hub, at a fixed commit; undefined for a folder. */
  source: string | undefined
  licence: string | undefined
  /** As the hub counts them. */
  parameters: number | undefined
}

export async function bringModel(init: BringInit): Promise<BroughtModel> {
  if (existsSync(init.from)) return readFolder(init)
  if (/^[\w.-]+\/[\w.-]+$/.test(init.from)) return fetchModel(init)
  throw new WeftError('tooling/no-model', `There is no folder ${init.from}.`, {
    facts: ['Give a folder, or a repository of the hub as PUBLISHER/NAME.'],
  })
}

function readFolder({ from: folder, ...choice }: BringInit): BroughtModel {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
  const chosen = chooseFiles(all, choice)
  const licence = all.includes('README.md')
    ? licenceOfCard(readFileSync(join(folder, 'README.md'), 'utf8'))
    : undefined
  const files = readFiles(folder, chosen.paths)
  return { ...chosen, folder, files, source: undefined, licence, parameters: undefined }
}

async function fetchModel(init: BringInit): Promise<BroughtModel> {
  const { from: id, hub, revision, out } = init
  const { source, files: all, licence, parameters, sha } = await findModel({ hub, id, revision })
  const byPath = new Map(all.map((file) => [file.path, file]))
  const chosen = chooseFiles([...byPath.keys()], init)
  const folder = join(out, id, sha.slice(0, 12))
  for (const path of chosen.paths) {
    const file = byPath.get(path)
    if (file) await download({ source, file, folder }, progressLine(file))
  }
  const files = readFiles(folder, chosen.paths)
  return { ...chosen, folder, files, source, licence: licenceOfHub(licence), parameters }
}

function readFiles(folder: string, paths: readonly string[]): ModelFiles {
  return new Map(paths.map((path) => [path, new Uint8Array(readFileSync(join(folder, path)))]))
}

/** Says at every tenth how much has come in this run. */
function progressLine({ path, size }: HubFile): (bytes: number) => void {
  let arrived = 0
  let tenths = 0
  return (bytes) => {
    arrived += bytes
    if (arrived * 10 < (tenths + 1) * size) return
    tenths = Math.floor((arrived * 10) / size)
    console.error(`${path}: ${(arrived / 1e6).toFixed(1)} of ${(size / 1e6).toFixed(1)} MB`)
  }
}
