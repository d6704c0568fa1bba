/**
 * What crosses between a thread that has layers computed and one that computes them, checked where it
 * arrives: between a page and the worker of a part, and between the worker of a head and its page.
 * @module
 */
import {
  type EngineInfo,
  engineInfoSchema,
  type LayersManifest,
  type Manifest,
  manifestSchema,
  type PartStep,
  parse,
  partStepSchema,
  type WeftErrorData,
} from '@weft/protocol'
import type { BackendChoice } from '../engine.ts'
import {
  backendChoice,
  errorData,
  fields,
  fileList,
  floats,
  integer,
  malformed,
} from '../worker/fields.ts'
import type { FileList } from '../worker/messages.ts'

export type LoadLayersMessage = {
  manifest: LayersManifest
  files: FileList
  backend: BackendChoice
}

export type LinkRequest =
  | { type: 'load'; id: number; in: LoadLayersMessage }
  /** Opens a link to a part; answered with its number. */
  | { type: 'connect'; id: number; in: { part: number } }
  | { type: 'step'; id: number; in: { link: number; step: PartStep; states: Float32Array } }
  | { type: 'close'; id: number; in: { link: number } }
  /** Nobody waits for this answer any more. */
  | { type: 'stop'; id: number }

export type LinkResponse =
  | { type: 'loaded'; id: number; out: EngineInfo }
  | { type: 'connected'; id: number; out: number }
  | { type: 'done'; id: number; out: Float32Array }
  | { type: 'error'; id: number; out: WeftErrorData }

/** @throws MalformedError */
export function parseLinkRequest(data: unknown): LinkRequest {
  const message = fields(data)
  const id = integer(message.id)
  if (message.type === 'stop') return { type: 'stop', id }
  const given = fields(message.in)
  switch (message.type) {
    case 'load': {
      const manifest: Manifest = parse('manifest', manifestSchema, given.manifest)
      if (manifest.task !== 'layers') throw malformed('expected a manifest of layers')
      const backend = backendChoice(given.backend)
      return { type: 'load', id, in: { manifest, backend, files: fileList(given.files) } }
    }
    case 'connect':
      return { type: 'connect', id, in: { part: integer(given.part) } }
    case 'step': {
      const step = parse('step', partStepSchema, given.step)
      return {
        type: 'step',
        id,
        in: { link: integer(given.link), step, states: floats(given.states) },
      }
    }
    case 'close':
      return { type: 'close', id, in: { link: integer(given.link) } }
    default:
      throw malformed('unknown type')
  }
}

/** @throws MalformedError */
export function parseLinkResponse(data: unknown): LinkResponse {
  const message = fields(data)
  const id = integer(message.id)
  switch (message.type) {
    case 'loaded':
      return { type: 'loaded', id, out: parse('engine', engineInfoSchema, message.out) }
    case 'connected':
      return { type: 'connected', id, out: integer(message.out) }
    case 'done':
      return { type: 'done', id, out: floats(message.out) }
    case 'error':
      return { type: 'error', id, out: errorData(message.out) }
    default:
      throw malformed('unknown type')
  }
}
