/**
 * Answers of the example that mean something only beside each other.
 * @module
 */
import type { ModelCard } from '@weft/sdk/proved'

const late = 'late payments in 2 years'
const sinceLate = 'since the last late payment'

/** Who was never late has no last time: it is as long ago as the model knows. */
export function withAnswer(
  { features }: Pick<ModelCard, 'features'>,
  answers: readonly number[],
  index: number,
  value: number,
): readonly number[] {
  const changed = answers.with(index, value)
  const since = features.findIndex(({ name }) => name === sinceLate)
  const high = features[since]?.high
  return features[index]?.name === late && value === 0 && high !== undefined
    ? changed.with(since, high)
    : changed
}

/** @returns whether the other answers leave it something to say */
export function isAsked(
  { features }: Pick<ModelCard, 'features'>,
  answers: readonly number[],
  index: number,
): boolean {
  if (features[index]?.name !== sinceLate) return true
  return answers[features.findIndex(({ name }) => name === late)] !== 0
}
