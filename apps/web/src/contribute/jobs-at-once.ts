/**
 * How many answers a contributor makes at the same time.
 * @module
 */
/** Empty leaves it to the device. */
export const jobsChoices = [
  ['', 'Automatic'],
  ['1', '1'],
  ['2', '2'],
  ['4', '4'],
  ['8', '8'],
] as const

/** Anything unknown is automatic. @returns null for automatic */
export function parseJobs(text: string): number | null {
  return jobsChoices.some(([value]) => value !== '' && value === text) ? Number(text) : null
}

/** Beside the number of answers that are being made. */
export function answersNowName(waiting: number): string {
  return waiting === 0
    ? 'Answers now'
    : `Answers now, ${waiting} ${waiting === 1 ? 'waits' : 'wait'}`
}
