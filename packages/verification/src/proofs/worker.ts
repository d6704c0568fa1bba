/**
 * Entry of the prover's worker: one question at a time. It keeps what the next one needs as well, the files of its
 * circuits, their keys and a curve, until whoever opened it ends it.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { kept } from './kept.ts'
import type { ProverRequest, ProverResponse } from './messages.ts'
import { proveHere } from './prove-here.ts'
import { type CircuitName, fromSite, keepArtifacts, type OpenArtifact } from './read-artifact.ts'
import { openVerifier, type Verify } from './verify-here.ts'

const say = (response: ProverResponse) => globalThis.postMessage(response)
const sites = new Map<string, OpenArtifact>()
const verifiers = new Map<CircuitName, Promise<Verify>>()

globalThis.addEventListener('message', ({ data }: MessageEvent<ProverRequest>) => {
  answer(data).catch((error: unknown) => {
    const said = WeftError.from(error, 'verification/prover', 'The proof could not be computed.')
    say({ type: 'error', error: said.toJSON() })
  })
})

async function answer(request: ProverRequest): Promise<void> {
  const { circuit, site } = request
  const open = sites.get(site) ?? keepArtifacts(fromSite(site))
  sites.set(site, open)
  if (request.type === 'verify') {
    const verify = await kept(verifiers, circuit, () => openVerifier(circuit, open))
    return say({ type: 'verified', isValid: await verify(request.proved) })
  }
  const { input } = request
  const isParallel = globalThis.crossOriginIsolated
  const onStage = (stage: Extract<ProverResponse, { type: 'stage' }>['stage']) =>
    say({ type: 'stage', stage })
  const proved = await proveHere({ circuit, input, open, isParallel, onStage })
  say({ type: 'proved', proved })
}
