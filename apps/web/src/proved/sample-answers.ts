/**
 * Who the example begins with: steady work, a middling loan.
 * @module
 */
export const sampleAnswers: readonly number[] = [
  2_600, 320, 5_000, 36, 48, 60, 4, 35, 0, 24, 1, 3_000, 9, 1, 20, 0,
]
