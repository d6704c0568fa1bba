/**
 * What a key does with Verdicts: one method, one transaction; an appeal takes two, and so does an epoch.
 * @module
 */
import { type Deployment, tokenAbi, verdictsAbi } from '@weft/contracts'
import { type Hex, pause, type Receipt, type Verdict, WeftError } from '@weft/protocol'
import { type Abi, parseEventLogs } from 'viem'
import { asking } from './asking.ts'
import { type CaseOutcome, outcomeOf } from './court-news.ts'
import { type ChainClients, type SendOptions, send } from './send.ts'
import { receiptArgument, verdictArgument } from './statements.ts'

type VerdictsWalletInit = ChainClients & {
  deployment: Pick<Deployment, 'verdicts' | 'token'>
}

/** Of the slowest chain that is meant, twice: then the next one who records writes the number down. */
const longestBlockMs = 24_000
const lookEveryMs = 1_000

/** So that the token's errors are understood where Verdicts passes them on. */
const abi = [...verdictsAbi, ...tokenAbi.filter(({ type }) => type === 'error')] as Abi

export type VerdictsWallet = ReturnType<typeof createVerdictsWallet>

/** All methods: @throws WeftError as `send` says; amounts in wei of the token. */
export function createVerdictsWallet(init: VerdictsWalletInit) {
  const { deployment } = init
  const call = (functionName: string, args: readonly unknown[], options?: SendOptions) =>
    send(init, { address: deployment.verdicts, abi, functionName, args }, options)

  /** Until that block is over it is refused; then whoever comes first does it for all. */
  async function writeNumber(epoch: number, options?: SendOptions): Promise<void> {
    const endMs = Date.now() + longestBlockMs
    const asked = { address: deployment.verdicts, abi: verdictsAbi } as const
    for (;;) {
      const read = init.reader.readContract({ ...asked, functionName: 'lastEpoch' })
      if ((await asking(read)) >= epoch) return
      try {
        await call('record', [], options)
        return
      } catch (error) {
        const isEarly = WeftError.is(error) && error.code === 'payments/refused'
        if (!isEarly || Date.now() > endMs) throw error
      }
      await pause(lookEveryMs)
    }
  }

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
     * Gives the running epoch its number: the hash of the block in which it is begun, unless somebody has, written
     * down in a later one.
     */
    async record(options?: SendOptions): Promise<void> {
      const { logs } = await call('record', [], options)
      const [begun] = parseEventLogs({ abi: verdictsAbi, eventName: 'EpochBegun', logs })
      if (begun) await writeNumber(Number(begun.args.epoch), options)
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
