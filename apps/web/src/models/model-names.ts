/**
 * Which models of a list can answer, and how each is told from the others.
 * @module
 */
import type { Manifest } from '@weft/protocol'

type Described = { manifest: Pick<Manifest, 'task'>; isChosen: boolean }

/** Without those that make vectors, and those of other tabs that nobody has chosen under Models. */
export function chatModels<Model extends Described>(models: readonly Model[]): Model[] {
  return models.filter(({ manifest, isChosen }) => isChosen && manifest.task === 'chat')
}

export type Named = { name: string; dtype: string; modelCid: string }

/** Digits that tell two models of one name and dtype apart. */
const cidDigits = 6

/** @returns e.g. `Bobbin`; `Bobbin (q8)` beside another Bobbin; with the end of its CID beside its like */
export function nameAmong({ name, dtype, modelCid }: Named, models: readonly Named[]): string {
  const others = models.filter((each) => each.modelCid !== modelCid && each.name === name)
  if (others.length === 0) return name
  const isAlone = others.every((each) => each.dtype !== dtype)
  return isAlone ? `${name} (${dtype})` : `${name} (${dtype}, …${modelCid.slice(-cidDigits)})`
}

/** What `nameAmong` needs of a list entry. */
export function toNamed({
  manifest,
  modelCid,
}: {
  manifest: Pick<Manifest, 'name' | 'dtype'>
  modelCid: string
}): Named {
  return { name: manifest.name, dtype: manifest.dtype, modelCid }
}
