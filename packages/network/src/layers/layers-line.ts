/**
 * The head's half of `/weft/layers/1`: a line to a tab that computes some layers.
 * @module
 */
import type { Connection } from '@libp2p/interface'
import {
  type HeadMessage,
  type LayerOffer,
  type PartMessage,
  type PartStep,
  WeftError,
} from '@weft/protocol'
import type { LayersLine, WaitOptions } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import { streamLost } from '../wire/frame-stream.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { headSide, layersProtocol, layersTimes } from './constants.ts'

type Messages = MessageStream<PartMessage, HeadMessage>
type OpenInit = { connection: Connection; onOffence: () => void; asked: LayerOffer }

const noStates = new Float32Array()

/** @throws WeftError `network/unreachable`, `network/refused`; CancelledError */
export async function openLayersLine(
  { connection, onOffence, asked }: OpenInit,
  { signal }: WaitOptions,
): Promise<LayersLine> {
  const subject = 'Opening a line for layers'
  const open = async (limit: AbortSignal): Promise<LayersLine> => {
    const stream = await connection.newStream(layersProtocol, { signal: limit })
    const messages: Messages = new MessageStream({ stream, format: headSide, onOffence })
    try {
      await messages.write({ type: 'open', ...asked, states: noStates })
      const answer = await messages.read({ signal: limit })
      if (answer?.type === 'error') throw refused(answer.error.message)
      if (answer?.type !== 'ready') throw messages.refuse('The line was to be ready.')
      const peerId = connection.remotePeer.toString()
      return new StreamLayersLine({ messages, peerId, width: answer.width })
    } catch (error) {
      messages.abort(streamLost('The line did not open.', error))
      throw error
    }
  }
  try {
    return await withDeadline(open, { subject, ms: layersTimes.openMs, signal })
  } catch (cause) {
    throw WeftError.from(cause, 'network/unreachable', 'The tab takes no line for layers.')
  }
}

type LineInit = { messages: Messages; peerId: string; width: number }

class StreamLayersLine implements LayersLine {
  readonly peerId: string
  readonly width: number
  readonly #messages: Messages
  #isWarm = false

  constructor({ messages, peerId, width }: LineInit) {
    this.#messages = messages
    this.peerId = peerId
    this.width = width
  }

  async step(
    step: PartStep,
    states: Float32Array,
    { signal }: WaitOptions = {},
  ): Promise<Float32Array> {
    const { forward } = step
    const usual = layersTimes.stepMs + layersTimes.tokenMs * (forward?.tokens ?? 0)
    const ms = this.#isWarm ? usual : layersTimes.firstStepMs + usual
    const ask = async (limit: AbortSignal): Promise<PartMessage | null> => {
      await this.#messages.write({ type: 'step', step, states })
      return this.#messages.read({ signal: limit })
    }
    try {
      const subject = 'Computing layers'
      return this.#take(step, await withDeadline(ask, { subject, ms, signal }))
    } catch (error) {
      if (!isNoRoom(error)) this.close()
      throw error
    }
  }

  close(): void {
    this.#messages.abort(streamLost('The line was closed.'))
  }

  #take({ forward }: PartStep, answer: PartMessage | null): Float32Array {
    if (answer === null) throw streamLost('The tab that computed layers has closed.')
    if (answer.type === 'error') throw new WeftError(answer.error.code, answer.error.message)
    if (answer.type !== 'done') throw this.#messages.refuse('A step was to be done.')
    const positions = forward?.positions?.length ?? forward?.tokens ?? 0
    const expected = (forward?.rows ?? 0) * positions * this.width
    if (answer.states.length !== expected)
      throw this.#messages.refuse(`${answer.states.length} numbers, not ${expected}.`)
    if (forward) this.#isWarm = true
    return answer.states
  }
}

function isNoRoom(error: unknown): boolean {
  return WeftError.is(error) && error.code === 'engine/out-of-memory'
}

function refused(reason: string): WeftError {
  return new WeftError('network/refused', 'The tab does not compute these layers.', {
    facts: [reason],
  })
}
