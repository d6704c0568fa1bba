/**
 * What a wallet does with models that are proved: asks for a loan of the example's desk, answers requests by proofs,
 * reads what was decided.
 * @module
 */
import {
  type Deployment,
  lendingDeskAbi,
  mlpVerifierAbi,
  provedInferenceAbi,
  tokenAbi,
} from '@weft/contracts'
import { type Hex, WeftError } from '@weft/protocol'
import { type Abi, parseEventLogs } from 'viem'
import { asking } from './asking.ts'
import { type ChainClients, type SendOptions, send } from './send.ts'

type LendingWalletInit = ChainClients & {
  deployment: Pick<Deployment, 'provedInference'> & { lendingDesk?: Hex | undefined }
}

/** What a proof has to be made for, as the contract hashes it. */
export type ProofPurpose = { domain: bigint; request: bigint }

/** As `ProvedInference.Answer` in Solidity. */
export type ProvedAnswer = ProofPurpose & {
  packedScores: bigint
  proof: {
    a: { x: bigint; y: bigint }
    b: { x: readonly [bigint, bigint]; y: readonly [bigint, bigint] }
    c: { x: bigint; y: bigint }
  }
}

const decisions = ['waiting', 'approved', 'for a person', 'refused'] as const
export type LoanDecision = (typeof decisions)[number]

/** Beside its own, what it passes on of others. */
const abi = [
  ...provedInferenceAbi,
  ...[...mlpVerifierAbi, ...lendingDeskAbi, ...tokenAbi].filter(({ type }) => type === 'error'),
] as Abi

export type LendingWallet = ReturnType<typeof createLendingWallet>

/** All methods: @throws WeftError as `send` says; those that read: `payments/chain-lost` */
export function createLendingWallet(init: LendingWalletInit) {
  const { reader, deployment } = init
  const inference = { address: deployment.provedInference, abi: provedInferenceAbi } as const

  /** @throws WeftError `payments/not-deployed` */
  function desk() {
    const address = deployment.lendingDesk
    if (address) return { address, abi: lendingDeskAbi } as const
    throw new WeftError(
      'payments/not-deployed',
      'The lending desk is an example and only on development chains. Nothing was sent.',
    )
  }

  return {
    /** The hash of the card of the model that the desk decides by. */
    async model(): Promise<Hex> {
      return asking(reader.readContract({ ...desk(), functionName: 'model' }))
    },

    /** @param features - packed: see `packFeatures` @returns the request that has to be proved */
    async applyFor(features: bigint, options?: SendOptions): Promise<bigint> {
      const { address } = desk()
      const errors = [...lendingDeskAbi, ...abi] as Abi
      const call = { address, abi: errors, functionName: 'applyFor', args: [features] }
      const { logs } = await send(init, call, options)
      const [asked] = parseEventLogs({ abi: provedInferenceAbi, logs, eventName: 'Asked' })
      if (asked) return asked.args.id
      throw new WeftError('payments/not-deployed', 'The lending desk did not ask for a score.')
    },

    async purposeOf(id: bigint): Promise<ProofPurpose> {
      const [domain, request] = await asking(
        Promise.all([
          reader.readContract({ ...inference, functionName: 'domainOf' }),
          reader.readContract({ ...inference, functionName: 'requestOf', args: [id] }),
        ]),
      )
      return { domain, request }
    },

    /** Anybody may: who asked is told, not who sends. */
    prove(id: bigint, answer: ProvedAnswer, options?: SendOptions) {
      const call = { address: inference.address, abi, functionName: 'prove', args: [id, answer] }
      return send(init, call, options)
    },

    async decisionOf(id: bigint): Promise<LoanDecision> {
      const application = { ...desk(), functionName: 'applications', args: [id] } as const
      const [, decision] = await asking(reader.readContract(application))
      return decisions[decision] ?? 'waiting'
    },

    /** Pays an approved loan out. */
    draw(id: bigint, options?: SendOptions) {
      const errors = [...lendingDeskAbi, ...tokenAbi] as Abi
      const call = { address: desk().address, abi: errors, functionName: 'draw', args: [id] }
      return send(init, call, options)
    },
  }
}
