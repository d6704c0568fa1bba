/**
 * Which layers a part has, in words.
 * @module
 */
import type { PartEntry } from '../catalogue.ts'

/** e.g. `layers 2 to 4 of 4` */
export function rangeOf({ manifest }: PartEntry): string {
  const { firstLayer, layers, allLayers } = manifest
  const [first, last] = [firstLayer + 1, firstLayer + layers]
  return first === last
    ? `layer ${first} of ${allLayers}`
    : `layers ${first} to ${last} of ${allLayers}`
}
