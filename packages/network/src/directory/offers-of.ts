/**
 * The union of all that a tab announces.
 * @module
 */
import { limits, type UnsignedRegistration } from '@weft/protocol'
import type { Announcement } from '../network.ts'

type Offers = Pick<
  UnsignedRegistration,
  'models' | 'stores' | 'layers' | 'verifies' | 'proves' | 'maxJobs'
>

/** Of two offers of one model the later one counts; what is over a limit is left out. */
export function offersOf(announcements: readonly Announcement[]): Offers {
  const models = announcements.flatMap((part) => part.models ?? [])
  const stores = announcements.flatMap((part) => part.stores ?? [])
  const layers = announcements.flatMap((part) => part.layers ?? [])
  const verifies = announcements.flatMap((part) => part.verifies ?? [])
  const proves = announcements.flatMap((part) => part.proves ?? [])
  const maxJobs = announcements.reduce((sum, part) => sum + (part.maxJobs ?? 0), 0)
  return {
    models: latest(models, ({ modelCid }) => modelCid).slice(0, limits.maxModelsPerNode),
    stores: latest(stores, (cid) => cid).slice(0, limits.maxStoresPerNode),
    layers: latest(layers, ({ modelCid, part }) => `${part} ${modelCid}`).slice(
      0,
      limits.maxLayersPerNode,
    ),
    verifies: latest(verifies, (cid) => cid).slice(0, limits.maxModelsPerNode),
    proves: latest(proves, (cid) => cid).slice(0, limits.maxModelsPerNode),
    maxJobs: Math.min(maxJobs, limits.maxJobsPerNode),
  }
}

function latest<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()]
}
