/**
 * Tokens that come from elsewhere: a graph that is fed one it does not have fails for everybody.
 * @module
 */

/** @returns the first that a model of this vocabulary does not have */
export function findStranger(
  tokens: readonly number[],
  vocabularySize: number,
): number | undefined {
  return tokens.find((token) => !(Number.isInteger(token) && token >= 0 && token < vocabularySize))
}
