/**
 * The computing half of `/weft/layers/1`: takes lines and hands their steps to the layers of this tab.
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface'
import {
  type HeadMessage,
  type LayerOffer,
  limits,
  type PartMessage,
  WeftError,
  type WireError,
} from '@weft/protocol'
import type { LayersHandler, OpenedLayers } from '../network.ts'
import { withDeadline } from '../wire/deadline.ts'
import { type LinePlace, LinePlaces, readBeforeIdle } from '../wire/line-places.ts'
import { MessageStream } from '../wire/message-stream.ts'
import { layersTimes, maxLines, maxLinesPerPeer, partSide } from './constants.ts'

type Messages = MessageStream<HeadMessage, PartMessage>

const noStates = new Float32Array()

export class LayersServer {
  readonly #onOffence: (connection: Connection) => void
  readonly #places = new LinePlaces({
    max: maxLines,
    maxPerPeer: maxLinesPerPeer,
    yieldMs: layersTimes.yieldMs,
  })
  #handler: LayersHandler | null = null

  constructor({ onOffence }: { onOffence: (connection: Connection) => void }) {
    this.#onOffence = onOffence
  }

  get handler(): LayersHandler | null {
    return this.#handler
  }

  /** Lines of the one before end. */
  set handler(handler: LayersHandler | null) {
    this.#handler = handler
    const error = new WeftError('network/stopped', 'This tab computes no layers any more.')
    this.#places.endAll(error)
  }

  /** Never rejects: whatever a peer sends ends its stream and nothing else. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    const peerId = connection.remotePeer.toString()
    const onOffence = () => this.#onOffence(connection)
    const messages: Messages = new MessageStream({ stream, format: partSide, onOffence })
    let place: LinePlace | undefined
    let layers: OpenedLayers | null = null
    try {
      place = this.#places.take(peerId, (error) => messages.abort(error))
      const { modelCid, part } = await openRequest(messages)
      layers = this.#handler?.({ modelCid, part, peerId }) ?? null
      if (layers) {
        await messages.write({ type: 'ready', width: layers.width, states: noStates })
        await serveSteps(messages, layers, place)
      } else {
        await messages.write({ type: 'error', error: notComputed, states: noStates })
        await messages.close()
      }
    } catch (error) {
      messages.abort(WeftError.from(error, 'network/line-failed', 'The line failed.'))
    } finally {
      layers?.close()
      place?.leave()
    }
  }
}

const notComputed: WireError = {
  code: 'network/not-computed',
  message: 'This tab computes other layers.',
}

async function openRequest(messages: Messages): Promise<LayerOffer> {
  const message = await withDeadline((signal) => messages.read({ signal }), {
    subject: 'Opening a line for layers',
    ms: layersTimes.openMs,
  })
  if (message?.type !== 'open') throw messages.refuse('Layers were to be opened.')
  return message
}

/** One at a time, in order; one that fails leaves the others of its line. */
async function serveSteps(
  messages: Messages,
  layers: OpenedLayers,
  place: LinePlace,
): Promise<void> {
  const { idleMs } = layersTimes
  let sinceMs = performance.now()
  for (;;) {
    const message = await readBeforeIdle(messages, { sinceMs, idleMs })
    if (message === null) return messages.close()
    if (message.type !== 'step') throw messages.refuse('A step was expected.')
    const { step, states } = message
    const compute = () =>
      layers.step(step, states).then((states): PartMessage => ({ type: 'done', states }), failed)
    // One that only frees caches is no use of the line.
    const answer = await (step.forward ? place.use(compute) : compute())
    if (step.forward) sinceMs = performance.now()
    await messages.write(answer)
  }
}

function failed(error: unknown): PartMessage {
  const { code, message } = WeftError.from(error, 'network/layers-failed', 'The layers failed.')
  const sentence = message.slice(0, limits.maxErrorMessageChars)
  return { type: 'error', error: { code, message: sentence }, states: noStates }
}
