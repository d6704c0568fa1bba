/**
 * Proves and verifies in a worker of its own, which ends with the answer: a proof takes a second or two and tens
 * of megabytes, and cancelling is ending it.
 * @module
 */
import { unlessAborted, WeftError } from '@weft/protocol'
import type { ProverRequest, ProverResponse } from './messages.ts'
import type { CircuitInput, Proved } from './proof.ts'
import type { ProveStage } from './prove-here.ts'
import type { CircuitName } from './read-artifact.ts'

export type ProverOptions = {
  onStage?: (stage: ProveStage) => void
  signal?: AbortSignal
}

export type Prover = {
  /**
   * @throws WeftError `verification/not-provable`, `wrong-artifact`, `no-artifact`, `prover`, `prover-slow`;
   *   CancelledError
   */
  prove(circuit: CircuitName, input: CircuitInput, options?: ProverOptions): Promise<Proved>
  /** @throws as `prove`, but `not-provable` */
  verify(circuit: CircuitName, proved: Proved, options?: ProverOptions): Promise<boolean>
}

/** A slow phone takes ten seconds, its line a minute for the key. */
const timeoutMs = 180_000

/** @param site - where the artifacts are, e.g. `location.origin` */
export function createProver(site: string): Prover {
  return {
    async prove(circuit, input, options) {
      const response = await ask({ type: 'prove', site, circuit, input }, options)
      if (response.type !== 'proved') throw noAnswer()
      return response.proved
    },
    async verify(circuit, proved, options) {
      const response = await ask({ type: 'verify', site, circuit, proved }, options)
      if (response.type !== 'verified') throw noAnswer()
      return response.isValid
    },
  }
}

async function ask(
  request: ProverRequest,
  { onStage, signal }: ProverOptions = {},
): Promise<ProverResponse> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 'weft-prover',
  })
  const { promise, resolve, reject } = Promise.withResolvers<ProverResponse>()
  const deadline = setTimeout(() => reject(tooSlow()), timeoutMs)
  worker.onmessage = ({ data }: MessageEvent<ProverResponse>) => {
    if (data.type === 'stage') onStage?.(data.stage)
    else if (data.type === 'error') reject(WeftError.fromData(data.error))
    else resolve(data)
  }
  worker.onerror = (event) => reject(noAnswer(event.message))
  try {
    worker.postMessage(request)
    return await unlessAborted(promise, signal, 'The proof')
  } finally {
    clearTimeout(deadline)
    worker.terminate()
  }
}

function noAnswer(why?: string): WeftError {
  return new WeftError(
    'verification/prover',
    'The proof could not be computed: what computes it stopped. Nothing was sent. Try again.',
    why ? { facts: [why] } : {},
  )
}

function tooSlow(): WeftError {
  return new WeftError(
    'verification/prover-slow',
    'The proof was not there in three minutes, so it was given up. Nothing was sent. Try on a faster line or device.',
  )
}
