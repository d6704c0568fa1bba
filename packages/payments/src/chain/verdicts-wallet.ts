/**
 * What a key does with Verdicts: one method, one transaction; an appeal takes two.
 * @module
 */
import { type Deployment, tokenAbi, verdictsAbi } from '@weft/contracts'
import type { Hex, Receipt, Verdict } from '@weft/protocol'
import { type Abi, parseEventLogs } from 'viem'
import { type CaseOutcome, outcomeOf } from './court-news.ts'
import { type ChainClients, type SendOptions, send } from './send.ts'
import { receiptArgument, verdictArgument } from './statements.ts'

type VerdictsWalletInit = ChainClients & {
  deployment: Pick<Deployment, 'verdicts' | 'token'>
}

/** So that the token's errors are understood where Verdicts passes them on. */
const abi = [...verdictsAbi, ...tokenAbi.filter(({ type }) => type === 'error')] as Abi

/** Of an epoch that is numbered, when the next one begins meanwhile, among seats that are dropped or lose their stake. */
const recordGas = 560_000n

export type VerdictsWallet = ReturnType<typeof createVerdictsWallet>

/** All methods: @throws WeftError as `send` says; amounts in wei of the token. */
export function createVerdictsWallet(init: VerdictsWalletInit) {
  const { deployment } = init
  const { verdicts: address } = deployment
  const call = (functionName: string, args: readonly unknown[], options?: SendOptions) =>
    send(init, { address, abi, functionName, args }, options)

  return {
    /** By the operator or its owner: it is drawn from the next epoch on. */
    takeSeat(operator: Hex, options?: SendOptions) {
      return call('takeSeat', [operator], options)
    },

    /** It is drawn until the running epoch ends. */
    leaveSeat(operator: Hex, options?: SendOptions) {
      return call('leaveSeat', [operator], options)
    },

    /**
     * Begins the running epoch, or writes down the number of the one begun before: see `numberEpoch` for both.
     * @returns the epoch that was begun; null where none was
     */
    async record(options?: SendOptions): Promise<number | null> {
      const record = { address, abi, functionName: 'record', args: [], leastGas: recordGas }
      const { logs } = await send(init, record, options)
      const [begun] = parseEventLogs({ abi: verdictsAbi, eventName: 'EpochBegun', logs })
      return begun ? Number(begun.args.epoch) : null
    },

    /** Says that a receipt may be accused: the next epoch that is recorded draws its panel. */
    tell(receipt: Receipt, options?: SendOptions) {
      return call('tell', [receiptArgument(receipt)], options)
    },

    /** @param verdicts - most of the panel that `epoch` draws says that the receipt is false */
    accuse(
      receipt: Receipt,
      { epoch, verdicts }: { epoch: number; verdicts: readonly Verdict[] },
      options?: SendOptions,
    ) {
      const args = [receiptArgument(receipt), BigInt(epoch), verdicts.map(verdictArgument)]
      return call('accuse', args, options)
    },

    /** Adds verdicts of those whose turn it is. */
    vote(receiptId: Hex, verdicts: readonly Verdict[], options?: SendOptions) {
      return call('vote', [receiptId, verdicts.map(verdictArgument)], options)
    },

    /** The same by the accused key itself: its stake is the bond. */
    defend(receiptId: Hex, options?: SendOptions) {
      return call('appeal', [receiptId], options)
    },

    /** Two transactions: the token allows the bond, and Verdicts takes it and calls the larger panel. */
    async appeal(receiptId: Hex, bondWei: bigint, options?: SendOptions) {
      const args = [deployment.verdicts, bondWei]
      const approval = { abi: tokenAbi as Abi, functionName: 'approve', args }
      await send(init, { address: deployment.token, ...approval })
      return call('appeal', [receiptId], options)
    },

    /** Ends a case whose time is over. @returns how it ended, and what the loser lost */
    async settle(
      receiptId: Hex,
      options?: SendOptions,
    ): Promise<{ outcome: CaseOutcome; lostWei: bigint }> {
      const { logs } = await call('settle', [receiptId], options)
      const [event] = parseEventLogs({ abi: verdictsAbi, eventName: 'Settled', logs })
      if (!event) return { outcome: 'undecided', lostWei: 0n }
      return { outcome: outcomeOf(event.args.outcome), lostWei: event.args.lost }
    },

    /** Pays a verifier for a check that the lot fell on. @returns how much */
    async payForCheck(
      receipt: Receipt,
      { epoch, verdict }: { epoch: number; verdict: Verdict },
      options?: SendOptions,
    ): Promise<bigint> {
      const args = [receiptArgument(receipt), BigInt(epoch), verdictArgument(verdict)]
      const { logs } = await call('payForCheck', args, options)
      const [event] = parseEventLogs({ abi: verdictsAbi, eventName: 'CheckPaid', logs })
      return event?.args.amount ?? 0n
    },

    /** Sends what an account has earned by checks to `to`: for itself, or the wallet that owns it. */
    claim(account: Hex, to: Hex, options?: SendOptions) {
      return call('claim', [account, to], options)
    },
  }
}
