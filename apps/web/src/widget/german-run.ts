/**
 * What an answer waits for, in German.
 * @module
 */
import type { EngineState } from '@weft/sdk'
import type { Run } from '../chat/chat.ts'
import { formatBytes } from '../row/summary.ts'
import { germanFigures } from './german-summary.ts'

export function germanRunSentence(run: Run, engine: EngineState): string {
  if (run.step === 'opening') return 'Weft wird geöffnet.'
  if (run.step === 'waiting') return 'Warten auf das erste Wort.'
  if (run.step === 'handing-over') {
    return 'Der Tab, der geantwortet hat, ist weg. Ein anderer wird gesucht, der von hier weitermacht.'
  }
  if (run.where === 'network') return 'Ein Tab mit diesem Modell wird gesucht.'
  if (engine.phase === 'downloading') {
    const { loadedBytes, totalBytes } = engine
    return `Das Modell wird geladen: ${germanBytes(loadedBytes)} von ${germanBytes(totalBytes)}.`
  }
  return 'Das Modell wird auf diesem Gerät vorbereitet.'
}

const germanBytes = (bytes: number): string => germanFigures(formatBytes(bytes))
