/**
 * `client.models`: what can be asked.
 * https://platform.openai.com/docs/api-reference/models
 * @module
 */
import type { Manifest } from '@weft/protocol'
import type { ModelEntry, WaitOptions } from '../tab.ts'
import { findModel, type Models } from './find-model.ts'

export type ApiModel = {
  /** `<publisher>/<name>`, or the CID where two variants have one name. */
  id: string
  object: 'model'
  /** Weft knows no day on which a model was made: 0. */
  created: 0
  /** The publisher. */
  owned_by: string
  weft: {
    modelCid: string
    task: Exclude<Manifest['task'], 'layers'>
    /** Of prompt and answer together, in tokens. */
    contextTokens: number
    /** What a device fetches to run it itself, in bytes. */
    downloadBytes: number
    /** Nodes that serve it; null where no relay has been asked yet. */
    liveNodes: number | null
  }
}

export interface ModelList {
  /** With the nodes that serve each now, where a relay answers. */
  list(options?: WaitOptions): Promise<{ object: 'list'; data: ApiModel[] }>
  /** @param id - id, name or CID @throws WeftError `sdk/unknown-model` */
  retrieve(id: string): Promise<ApiModel>
}

export function createModelList({ models, refresh }: Models): ModelList {
  const offered = () => models().filter(({ manifest }) => manifest.task !== 'layers')
  const all = () => {
    const entries = offered()
    const ids = entries.map(({ manifest }) => manifest.id)
    return entries.map((entry) => {
      const isFirst = ids.indexOf(entry.manifest.id) === entries.indexOf(entry)
      return toApiModel(entry, isFirst ? entry.manifest.id : entry.modelCid)
    })
  }
  return {
    async list(options) {
      await refresh?.(options)
      return { object: 'list', data: all() }
    },
    async retrieve(id) {
      const found = all().find((model) => model.id === id || model.weft.modelCid === id)
      if (found) return found
      const entry = findModel(offered(), { name: id, task: null })
      return toApiModel(entry, entry.manifest.id)
    },
  }
}

function toApiModel(
  { modelCid, manifest, downloadBytes, liveNodes }: ModelEntry,
  id: string,
): ApiModel {
  const { contextTokens } = manifest
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: manifest.id.split('/')[0] ?? '',
    weft: {
      modelCid,
      task: manifest.task === 'layers' ? 'chat' : manifest.task,
      contextTokens,
      downloadBytes,
      liveNodes,
    },
  }
}
