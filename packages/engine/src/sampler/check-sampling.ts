/**
 * Sampling settings that make no sense, found before anything is computed.
 * @module
 */
import { type Sampling, samplingSchema, WeftError } from '@weft/protocol'

/**
 * @param vocabularySize tokens of the model, the length of its logits
 * @throws WeftError `engine/bad-sampling` whose facts name every wrong setting
 */
export function checkSampling(sampling: Sampling, vocabularySize: number): void {
  const { error } = samplingSchema.safeParse(sampling)
  if (error) {
    throw badSampling(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`))
  }
  const highest = sampling.logitBias.at(-1)?.token ?? 0
  if (highest >= vocabularySize) {
    throw badSampling([
      `logitBias: this model has no token ${highest}, its tokens are 0 to ${vocabularySize - 1}`,
    ])
  }
}

function badSampling(facts: string[]): WeftError {
  return new WeftError(
    'engine/bad-sampling',
    'The settings for choosing words cannot be used. Correct them, or use the defaults.',
    { facts },
  )
}
