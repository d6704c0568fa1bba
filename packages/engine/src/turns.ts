/**
 * A fair lock: whoever asked first goes first, so that answers take turns step by step.
 * @module
 */

/** Runs `work` when all who asked before are done. */
export type TakeTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

export function createTurns(): TakeTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}
