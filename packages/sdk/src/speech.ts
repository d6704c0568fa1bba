/**
 * What was said, on this device: a model of the site's list that writes down speech. No audio leaves the device.
 * @module
 */
import type { SpeechSegment, TranscribeOptions, Transcriber } from '@weft/engine/speech'
import { unlessAborted, WeftError } from '@weft/protocol'
import type { FindTabs, ModelStore } from '@weft/storage'
import { type CatalogueEntry, findEntry } from './catalogue.ts'
import { createFilesHold } from './files-hold.ts'
import type { Platform } from './platform/platform.ts'
import type { TranscribeRequest } from './tab.ts'

export type SpeechInit = {
  catalogue: readonly CatalogueEntry[]
  store: Pick<ModelStore, 'open' | 'hold'>
  findTabs: (modelCid: string) => FindTabs
  openGraph: Platform['openGraph']
}

export type Speech = {
  transcribe(request: TranscribeRequest, options?: TranscribeOptions): Promise<SpeechSegment[]>
  close(): Promise<void>
}

/** The model of the last call stays open; calls come one after the other. */
export function createSpeech({ catalogue, store, findTabs, openGraph }: SpeechInit): Speech {
  const files = createFilesHold(store)
  let open: { modelCid: string; transcriber: Transcriber } | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function letGo(): Promise<void> {
    const closing = open?.transcriber.close()
    open = undefined
    files.letGo()
    await closing
  }

  async function load(modelCid: string, { signal }: TranscribeOptions): Promise<Transcriber> {
    if (open?.modelCid === modelCid) return open.transcriber
    await letGo()
    const { manifest, sources, publisher } = findEntry(catalogue, modelCid)
    if (manifest.task !== 'speech') throw noSpeech(`Model: ${manifest.name}`)
    const waiting = signal ? { signal } : {}
    await files.take(modelCid, signal ?? new AbortController().signal)
    const found = { manifest, sources, publisher, findTabs: findTabs(modelCid) }
    const content = await store.open(found, waiting)
    const { openTranscriber } = await import('@weft/engine/speech')
    const transcriber = await openTranscriber({ manifest, files: content, openGraph }, waiting)
    open = { modelCid, transcriber }
    return transcriber
  }

  async function transcribe({ modelCid, audio }: TranscribeRequest, options: TranscribeOptions) {
    const transcriber = await load(modelCid, options)
    try {
      return await transcriber.transcribe(audio, options)
    } catch (error) {
      // What the graphs did not survive is opened again next time.
      if (!WeftError.is(error) || !harmless.includes(error.code)) await letGo()
      throw error
    }
  }

  return {
    transcribe(request, options = {}) {
      const turn = last.then(() => {
        options.signal?.throwIfAborted()
        return transcribe(request, options)
      })
      last = turn.catch(() => {})
      return unlessAborted(turn, options.signal, 'Listening')
    },
    async close() {
      await last
      await letGo()
    },
  }
}

const harmless = ['engine/bad-audio', 'protocol/cancelled']

function noSpeech(fact: string): WeftError {
  return new WeftError('sdk/wrong-task', 'This model does not listen. Choose one for speech.', {
    facts: [fact],
  })
}
