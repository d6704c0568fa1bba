/**
 * The OpenAI-shaped doors over a real road: relay, node and client in Node with real streams, real weights.
 * @module
 */
import { entryOfNoSite } from '../catalogue.ts'
import { generate } from '../generate.ts'
import { toModelEntry } from '../models.ts'
import { createOpenAiDoors, type OpenAiDoors } from '../openai/doors.ts'
import { openRoad } from './road-stage.ts'

export type ApiRoad = Awaited<ReturnType<typeof openRoad>> & { api: OpenAiDoors }

/** It serves `weft/bobbin-2m` for nothing. */
export async function openApiRoad(): Promise<ApiRoad> {
  const road = await openRoad()
  road.startServing()
  const entry = { ...toModelEntry(entryOfNoSite(road.manifest)), liveNodes: 1 }
  const api = createOpenAiDoors({
    models: () => [entry],
    generate: (request, options) => generate(road.components, request, options),
    // The road serves no model of vectors.
    embed: (_, options) =>
      road.engine.embed({ texts: [], pooling: null, normalize: true }, options),
    defaults: {},
  })
  return { ...road, api }
}
