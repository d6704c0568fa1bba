/**
 * The OpenAI-shaped doors over a real road: relay, node and client in Node with real streams, real weights.
 * @module
 */
import { type Manifest, WeftError } from '@weft/protocol'
import { entryOfNoSite } from '../catalogue.ts'
import { type GenerateComponents, generate } from '../generate.ts'
import { toModelEntry } from '../models.ts'
import { createOpenAiDoors, type OpenAiDoors } from '../openai/doors.ts'
import { openRoad } from './road-stage.ts'

export type ApiRoad = Awaited<ReturnType<typeof openRoad>> & { api: OpenAiDoors }

/** The doors over half a road, to one model that is on no site. */
export function openDoors(components: GenerateComponents, manifest: Manifest): OpenAiDoors {
  const entry = { ...toModelEntry(entryOfNoSite(manifest)), liveNodes: 1 }
  return createOpenAiDoors({
    models: () => [entry],
    generate: (request, options) => generate(components, request, options),
    // A road serves no model of vectors.
    embed: () => Promise.reject(new WeftError('sdk/wrong-task', 'This model answers.')),
    defaults: {},
  })
}

/** It serves `weft/bobbin-2m` for nothing. */
export async function openApiRoad(): Promise<ApiRoad> {
  const road = await openRoad()
  road.startServing()
  return { ...road, api: openDoors(road.components, road.manifest) }
}
