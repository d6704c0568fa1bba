/**
 * Asks a tab that says it stores a model to prove that it has a chunk of it, which needs that chunk here.
 * @module
 */
import {
  bytesEqual,
  chunkProof,
  hexToBytes,
  type Registration,
  randomBytes,
  WeftError,
} from '@weft/protocol'
import type { ModelStore } from '@weft/storage'
import { type FindTabsInit, findStoring } from './find-tabs.ts'
import type { NodeMemory } from './node-memory.ts'
import type { WaitOptions } from './tab.ts'

type CheckHolderInit = FindTabsInit & {
  memory: Pick<NodeMemory, 'failed'>
  store: Pick<ModelStore, 'held' | 'chunk'>
}

/** `unknown`: it was busy or away, or nothing of the model is kept here. */
type HolderVerdict = 'holds' | 'lacks' | 'unknown'

/** Reading and hashing a megabyte behind a few others. */
const proofMs = 20_000

/** A random chunk, a fresh nonce. Who answers wrongly is remembered as a liar and asked no more. */
export async function checkHolder(
  { network, memory, store }: CheckHolderInit,
  { holder, modelCid }: { holder: Registration; modelCid: string },
  { signal }: WaitOptions = {},
): Promise<HolderVerdict> {
  const held = await store.held(modelCid)
  const hashes = held?.manifest.files.flatMap(({ chunks }) => chunks) ?? []
  const hash = hashes[Math.floor(Math.random() * hashes.length)]
  const bytes = hash && (await store.chunk(hash))
  if (!hash || !bytes) return 'unknown'
  const nonce = randomBytes(32)
  const limit = AbortSignal.any([AbortSignal.timeout(proofMs), ...(signal ? [signal] : [])])
  try {
    const line = await network.openChunks(holder, { signal: limit })
    try {
      const proof = await line.challenge({ hash: hexToBytes(hash), nonce }, { signal: limit })
      if (bytesEqual(proof, await chunkProof(nonce, bytes))) return 'holds'
      memory.lied(holder.peerId)
      line.accuse('The proof is not of the chunk.')
      return 'lacks'
    } finally {
      line.close()
    }
  } catch (error) {
    // It says itself that it lacks what it announces: no lie, and no use.
    if (!WeftError.is(error) || error.code !== 'network/not-held') return 'unknown'
    memory.failed(holder.peerId)
    return 'lacks'
  }
}

/** One of the tabs that say they store the model, by lot. */
export async function checkSomeHolder(
  init: CheckHolderInit,
  modelCid: string,
  signal: AbortSignal,
): Promise<void> {
  const [holder] = await findStoring(init, modelCid, signal)
  if (holder) await checkHolder(init, { holder, modelCid }, { signal })
}
