/**
 * From a network of floats and rows that it was made for to a package.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { commitmentOf } from './commitment.ts'
import type { ModelPackage } from './model-package.ts'
import { packageSchema } from './model-package.ts'
import { largest } from './network.ts'
import { type FloatLayer, measure, quantise } from './quantise.ts'

type MakeInit = {
  layers: readonly FloatLayer[]
  features: readonly { name: string; unit: string }[]
  /** Features as the network takes them, and of each row the class that is right. */
  rows: readonly (readonly number[])[]
  outcomes: readonly number[]
  classes: readonly string[]
  /** 248 random bits. */
  salt: bigint
  words: { name: string; description: string; licence: string }
}

/** Scales come from the first four fifths of the rows, what it costs is measured on the last. */
const leastRows = 50

/** @throws WeftError `verification/wrong-size`, `verification/few-rows`; ZodError for words that do not fit */
export function makePackage(init: MakeInit): ModelPackage {
  const { layers, features, rows, outcomes, classes, salt, words } = init
  if (rows.length < leastRows) {
    throw new WeftError(
      'verification/few-rows',
      `It takes ${leastRows} rows or more to choose scales and to measure what they cost. Nothing was made. Bring more.`,
      { facts: [`Rows: ${rows.length}`] },
    )
  }
  const seen = Math.floor(0.8 * rows.length)
  const quantised = quantise(layers, rows.slice(0, seen))
  const { network, scoreScale } = quantised
  return packageSchema.parse({
    card: {
      version: 1,
      circuit: 'mlp',
      ...words,
      features: quantised.features.map(({ scale, offset }, index) => ({
        name: features[index]?.name ?? '',
        unit: features[index]?.unit ?? '',
        low: tidy(offset - largest * scale),
        high: tidy(offset + largest * scale),
        scale,
        offset,
      })),
      classes,
      scoreScale,
      commitment: `${commitmentOf(network, salt)}`,
      measured: measure(layers, quantised, rows.slice(seen), outcomes.slice(seen)),
    },
    secret: { salt: `${salt}`, layers: network.layers },
  })
}

/** Without what floats leave behind. */
function tidy(value: number): number {
  return Number(value.toPrecision(9))
}
