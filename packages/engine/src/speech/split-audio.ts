/**
 * Long audio in windows that a model can hear at once, cut where it is quiet.
 * @module
 */

/** Samples a second. */
export const sampleRate = 16_000
const maxWindow = 20 * sampleRate
/** Of a window's end, in which the quietest place is looked for. */
const searched = 6 * sampleRate
/** 50 ms: shorter than the pause between two words. */
const frame = sampleRate / 20
/** Of the loudest frame's energy: 40 dB below it nobody speaks. */
const quietShare = 1e-4
/** Kept of the silence around speech: consonants are quiet. */
const margin = 3 * frame
/** An encoder needs some samples to say anything. */
const minWindow = sampleRate / 4

export type AudioWindow = { samples: Float32Array; startMs: number; endMs: number }

/**
 * @returns windows one behind the other, without the silence around them, before which models hear nothing at all; a
 *   short one is filled up with silence
 */
export function splitAudio(samples: Float32Array): AudioWindow[] {
  const windows: AudioWindow[] = []
  const loudest = energies(samples, 0, samples.length).reduce(
    (most, { energy }) => Math.max(most, energy),
    0,
  )
  for (let start = 0; start < samples.length; ) {
    const end =
      samples.length - start <= maxWindow
        ? samples.length
        : quietestPlace(samples, start + maxWindow)
    const loud = energies(samples, start, end).filter(({ energy }) => energy > loudest * quietShare)
    const from = Math.max(start, (loud.at(0)?.at ?? end) - margin)
    const to = Math.min(end, (loud.at(-1)?.at ?? start) + frame + margin)
    if (loud.length > 0) windows.push(windowOf(samples, from, to))
    start = end
  }
  return windows
}

function windowOf(samples: Float32Array, from: number, to: number): AudioWindow {
  const window = new Float32Array(Math.max(to - from, minWindow))
  window.set(samples.subarray(from, to))
  return { samples: window, startMs: toMs(from), endMs: toMs(to) }
}

/** The middle of the quietest frame before `end`, of several the last. */
function quietestPlace(samples: Float32Array, end: number): number {
  const found = energies(samples, end - searched, end)
  const quietest = found.reduce((best, each) => (each.energy <= best.energy ? each : best))
  return quietest.at + frame / 2
}

/** Of whole frames, and of the rest behind them; the mean of squares. */
function energies(samples: Float32Array, from: number, to: number) {
  const found: { at: number; energy: number }[] = []
  for (let at = from; at < to; at += frame) {
    const part = samples.subarray(at, Math.min(at + frame, to))
    found.push({ at, energy: part.reduce((sum, value) => sum + value * value, 0) / part.length })
  }
  return found
}

function toMs(samples: number): number {
  return Math.round((samples / sampleRate) * 1000)
}
