/**
 * Entry of the prover's worker: one question, one answer; whoever has no more use for it ends it.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { ProverRequest, ProverResponse } from './messages.ts'
import { proveHere, verifyHere } from './prove-here.ts'
import { fromSite } from './read-artifact.ts'

const say = (response: ProverResponse) => globalThis.postMessage(response)

globalThis.addEventListener('message', ({ data }: MessageEvent<ProverRequest>) => {
  answer(data).catch((error: unknown) => {
    const said = WeftError.from(error, 'verification/prover', 'The proof could not be computed.')
    say({ type: 'error', error: said.toJSON() })
  })
})

async function answer(request: ProverRequest): Promise<void> {
  const read = fromSite(request.site)
  if (request.type === 'verify') {
    const isValid = await verifyHere(request.circuit, request.proved, read)
    return say({ type: 'verified', isValid })
  }
  const { circuit, input } = request
  const isParallel = globalThis.crossOriginIsolated
  const onStage = (stage: Extract<ProverResponse, { type: 'stage' }>['stage']) =>
    say({ type: 'stage', stage })
  const proved = await proveHere({ circuit, input, read, isParallel, onStage })
  say({ type: 'proved', proved })
}
