/**
 * A calibration for people.
 * @module
 */
import type { CheatFacts, Honest } from './measure.ts'

export type Calibration = Honest & { model: string; graph: string; cheats: CheatFacts[] }

export function printTable({ thresholds, pairs, cheats, failed, suspicious, drawn }: Calibration) {
  console.table(pairs.map(({ made, read, ...facts }) => ({ pair: `${made} → ${read}`, ...facts })))
  console.table(thresholds.windows)
  console.log(`Clip: ${thresholds.marginClip} logits.`, thresholds.fingerprint)
  console.log(
    `Of ${drawn.answers} honest answers of ${drawn.tokens} tokens, drawn from each pair: ${failed} fail, ${suspicious} are suspicious.`,
  )
  console.table(
    cheats.map(({ name, different, byTokens, unlike }) => ({
      cheat: name,
      unlike: unlike?.toFixed(3),
      different: different.toFixed(4),
      ...Object.fromEntries(
        byTokens
          .filter(({ tokens }) => [32, 64, 128, 300].includes(tokens))
          .map(({ tokens, found, area }) => [`${tokens}`, `${found} (${area.toFixed(4)})`]),
      ),
    })),
  )
}
