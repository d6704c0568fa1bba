/**
 * A worker that stays while there is work and for some time after, since opening one takes longer than most of what
 * it is asked. One question at a time, in the order in which they come.
 * @module
 */
import { CancelledError, unlessAborted, WeftError } from '@weft/protocol'
import type { ProverRequest, ProverResponse } from './messages.ts'
import type { ProveStage } from './prove-here.ts'

export type WaitOptions = {
  onStage?: (stage: ProveStage) => void
  signal?: AbortSignal
}

type WarmWorkerInit = { open: () => Worker; ownFirst?: WarmWorker }

type Answer = Exclude<ProverResponse, { type: 'stage' | 'error' }>

/** A slow phone takes ten seconds, its line a minute for the key. */
const timeoutMs = 180_000
/** Somebody who goes through answers asks again within it; behind it some 20 MB are free again. */
const idleMs = 20_000

export class WarmWorker {
  readonly #open: () => Worker
  readonly #ownFirst: WarmWorker | null
  #worker: Worker | null = null
  #last: Promise<unknown> = Promise.resolve()
  #idle: ReturnType<typeof setTimeout> | undefined

  /** @param init - `ownFirst`: for strangers; a question of theirs begins while that one has nothing to do */
  constructor({ open, ownFirst }: WarmWorkerInit) {
    this.#open = open
    this.#ownFirst = ownFirst ?? null
  }

  /** @throws WeftError what the worker says, `verification/prover`, `prover-slow`; CancelledError at once */
  ask(request: ProverRequest, { onStage, signal }: WaitOptions = {}): Promise<Answer> {
    const turn = this.#last.then(async () => {
      await this.#ownFirst?.idle()
      if (signal?.aborted) throw new CancelledError({ subject: 'The proof', cause: signal.reason })
      // To end it with each stranger who leaves would have it fetch and open all for the next one again.
      const ending = this.#ownFirst ? undefined : signal
      return this.#run(request, { ...(onStage && { onStage }), ...(ending && { signal: ending }) })
    })
    this.#last = turn.catch(() => {})
    // Whoever leaves does not wait for those before it.
    return unlessAborted(turn, signal, 'The proof')
  }

  /** @returns when nothing is asked of it any more */
  async idle(): Promise<void> {
    for (let last = null; last !== this.#last; ) {
      last = this.#last
      await last
    }
  }

  /** One that was left in the middle, or is broken, is ended: cancelling is ending it. */
  async #run(request: ProverRequest, { onStage, signal }: WaitOptions): Promise<Answer> {
    clearTimeout(this.#idle)
    this.#idle = undefined
    this.#worker ??= this.#open()
    const worker = this.#worker
    const said = Promise.withResolvers<Exclude<ProverResponse, { type: 'stage' }>>()
    const deadline = setTimeout(() => said.reject(tooSlow()), timeoutMs)
    worker.onmessage = ({ data }: MessageEvent<ProverResponse>) => {
      if (data.type === 'stage') onStage?.(data.stage)
      else said.resolve(data)
    }
    worker.onerror = (event) => said.reject(noAnswer(event.message))
    try {
      worker.postMessage(request)
      const answer = await unlessAborted(said.promise, signal, 'The proof')
      this.#idle = setTimeout(() => this.#end(), idleMs)
      if (answer.type === 'error') throw WeftError.fromData(answer.error)
      return answer
    } catch (error) {
      if (!this.#idle) this.#end()
      throw error
    } finally {
      clearTimeout(deadline)
    }
  }

  #end(): void {
    this.#worker?.terminate()
    this.#worker = null
  }
}

export function noAnswer(why?: string): WeftError {
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
