/**
 * A verifier of the storm: computes answers again, or says of each what its coalition wants; and goes to court with
 * what it says it found.
 * @module
 */
import type { Network } from '@weft/network'
import { createNodeNetwork } from '@weft/network/testing'
import {
  type AuditRequest,
  type FindingOnWire,
  findingHash,
  type Manifest,
  manifestCid,
  type PrivateKey,
  receiptId,
  signVerdict,
  WeftError,
} from '@weft/protocol'
import { checkAnswers, createNodeMemory, type OpenCourt } from '@weft/sdk/testing'
import { goToCourt, type StormPlace } from './court-place.ts'
import { lightScores } from './light-engine.ts'

export type VerifierPeer = { peerId: string; connections(): number; stop(): Promise<void> }

export type VerifierPeerInit = {
  place: StormPlace
  manifest: Manifest
  privateKey: PrivateKey
  /** PeerIds of its friends; null for an honest one. */
  coalition: readonly string[] | null
}

export async function openVerifierPeer(init: VerifierPeerInit): Promise<VerifierPeer> {
  const { place, manifest, privateKey, coalition } = init
  if (manifest.task !== 'chat') throw new Error('The light model chats.')
  const { network, libp2p } = await createNodeNetwork({ relays: place.relays, privateKey })
  const memory = createNodeMemory()
  const opened = await goToCourt(place.court, { network, privateKey, memory, manifest })
  const modelCid = manifestCid(manifest)
  const stopChecking = coalition
    ? collude({ network, privateKey, coalition, opened })
    : checkAnswers({
        ...{ network, engine: lightScores, modelCid, manifest, privateKey },
        isBusy: () => false,
        court: () => opened?.view() ?? null,
        onEnd(checked) {
          if (!checked?.testimony) return
          const { request, testimony, askerPeerId } = checked
          void opened?.checked(request, { ...testimony, askerPeerId })
        },
      })
  const announcement = network.announce({ verifies: [modelCid] })
  return {
    peerId: network.peerId,
    connections: () => libp2p.getConnections().length,
    async stop() {
      stopChecking()
      await Promise.allSettled([announcement.stop(), opened?.close()])
      await network.stop()
    },
  }
}

type Colluding = {
  network: Network
  privateKey: PrivateKey
  coalition: readonly string[]
  opened: OpenCourt | null
}

/** Its friends are right, all others are wrong, before whatever court; and who is wrong is accused. */
function collude({ network, privateKey, coalition, opened }: Colluding): () => void {
  return network.handleAudits(async (request: AuditRequest, { peerId: askerPeerId }) => {
    const { receipt, court } = request
    const isFalse = !coalition.includes(receipt.nodePeerId)
    const { outputTokens, inputTokens } = receipt
    const margins = new Float32Array(outputTokens).fill(isFalse ? 1 : 0)
    const found = { inputTokens, margins: new Uint8Array(margins.buffer), likenesses: [] }
    const finding: FindingOnWire = { outcome: isFalse ? 'failed' : 'passed', ...found }
    const said = { isFalse, finding: findingHash(finding) }
    if (isFalse) {
      const accusing = opened?.checked(request, { ...said, askerPeerId })
      accusing?.catch((cause) => {
        throw new WeftError('bench/not-accused', 'A case could not be opened.', { cause })
      })
    }
    const about = { receiptId: receiptId(receipt), ...said, court }
    const verdict = signVerdict({ verifierPeerId: network.peerId, ...about }, privateKey)
    return { type: 'verdict', verdict, finding }
  })
}
