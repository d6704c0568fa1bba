/**
 * Proves and verifies in workers that all of a page share: a proof takes a second or two, and who checks one does not
 * wait for it. Strangers have workers of their own, and wait for what this tab itself proves.
 * @module
 */
import type { CircuitInput, Proved } from './proof.ts'
import type { CircuitName } from './read-artifact.ts'
import { noAnswer, type WaitOptions, WarmWorker } from './warm-worker.ts'

/** `forOthers`: another tab asked. Of no weight in a process, which has one thread for all. */
export type ProverOptions = WaitOptions & { forOthers?: boolean }

export type Prover = {
  /**
   * @throws WeftError `verification/not-provable`, `wrong-artifact`, `no-artifact`, `prover`, `prover-slow`;
   *   CancelledError
   */
  prove(circuit: CircuitName, input: CircuitInput, options?: ProverOptions): Promise<Proved>
  /** @throws as `prove`, but `not-provable` */
  verify(circuit: CircuitName, proved: Proved, options?: ProverOptions): Promise<boolean>
}

const open = () =>
  new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'weft-prover' })
const own = { proving: new WarmWorker({ open }), verifying: new WarmWorker({ open }) }
const others = {
  proving: new WarmWorker({ open, ownFirst: own.proving }),
  verifying: new WarmWorker({ open, ownFirst: own.verifying }),
}
const workers = (options?: ProverOptions) => (options?.forOthers ? others : own)

/** @param site - where the artifacts are, e.g. `location.origin` */
export function createProver(site: string): Prover {
  return {
    async prove(circuit, input, options) {
      const answer = await workers(options).proving.ask(
        { type: 'prove', site, circuit, input },
        options,
      )
      if (answer.type !== 'proved') throw noAnswer()
      return answer.proved
    },
    async verify(circuit, proved, options) {
      const answer = await workers(options).verifying.ask(
        { type: 'verify', site, circuit, proved },
        options,
      )
      if (answer.type !== 'verified') throw noAnswer()
      return answer.isValid
    },
  }
}
