/**
 * What an answer waits for, in one sentence.
 * @module
 */
import type { EngineState } from '@weft/sdk'
import type { Run } from '../chat/chat.ts'
import { giversWords } from '../models/store-words.ts'
import { formatBytes, shortPeerId } from '../row/summary.ts'

export function runSentence(run: Run, engine: EngineState): string {
  if (run.step === 'opening') return 'Opening Weft in this tab.'
  if (run.step === 'waiting') {
    const who = run.where === 'local' ? 'this device' : shortPeerId(run.nodePeerId ?? '')
    return `Waiting for the first token from ${who}.`
  }
  if (run.step === 'handing-over') {
    return 'The tab that answered has stopped. Looking for another one to go on from here.'
  }
  if (run.where === 'network') return 'Looking for a tab that serves this model.'
  return engineSentence(engine) ?? 'Preparing the model on this device.'
}

const stageWords = {
  runtime: 'Starting the engine.',
  graph: 'Loading the model into the engine.',
  'warm-up': 'Warming up.',
  'self-test': 'Testing that this device computes rightly.',
}

/** Null when the engine is not being prepared. */
export function engineSentence(engine: EngineState): string | null {
  if (engine.phase === 'downloading') {
    const { loadedBytes, totalBytes, givers } = engine
    const from = giversWords(givers)
    return `Fetching the model${from && ` from ${from}`}: ${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)}.`
  }
  return engine.phase === 'loading' ? stageWords[engine.stage] : null
}
