import type { Hex } from '@weft/protocol'
import type { Purse } from '@weft/sdk'
import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { AmountField } from './amount-field.tsx'
import { parseAmount, weft } from './amounts.ts'
import { Section } from './section.tsx'
import { momentWords, spanWords } from './time-words.ts'
import { useChainAction } from './use-chain-action.ts'
import type { OperatorState } from './use-operator.ts'

type StakePanelProps = {
  purse: Purse
  wallet: WalletActions | null
  address: Hex
  operator: OperatorState
  walletWei: bigint
  onDone: () => Promise<void>
}

/** What answers for this tab's work: put up, asked back, taken back. */
export function StakePanel({
  purse,
  wallet,
  address,
  operator,
  walletWei,
  onDone,
}: StakePanelProps) {
  const { owner, stakeWei, unbondingWei, availableAt, unbondingDelay } = operator
  const [amount, setAmount] = useState('')
  const action = useChainAction(wallet)
  const isOwn = owner?.toLowerCase() === address.toLowerCase()
  const { wei = 0n, problem } = amount.trim() === '' ? {} : parseAmount(amount)
  const isReady = Date.now() >= availableAt * 1000
  const cannot = problem !== undefined || wei === 0n || action.step !== null

  const stake = (event: FormEvent) => {
    event.preventDefault()
    void change(({ registry, options }) => registry.stake(purse.address, wei, options))
  }
  const unstake = () =>
    void change(({ registry, options }) => registry.unbond(purse.address, wei, options))
  const takeBack = () =>
    void change(({ registry, options }) => registry.withdraw(purse.address, address, options))
  async function change(act: Parameters<typeof action.run>[0]): Promise<void> {
    if (await action.run(act)) setAmount('')
    await onDone()
  }

  return (
    <Section title="Stake">
      <p className="max-w-[66ch] text-sm">
        {stakeWei === 0n
          ? 'Nothing is at stake for this tab.'
          : `${weft(stakeWei)} is at stake for this tab.`}{' '}
        <span className="text-ash">
          Stake answers for what this tab does. Asked back, it stays locked for{' '}
          {spanWords(unbondingDelay)}.
        </span>
      </p>
      {isOwn ? (
        <form onSubmit={stake} className="flex flex-wrap items-end gap-2">
          <AmountField
            label="Amount"
            placeholder="0"
            value={amount}
            problem={problem}
            onChange={setAmount}
          />
          <Button kind="plain" type="submit" disabled={cannot || wei > walletWei}>
            Stake
          </Button>
          <Button kind="plain" disabled={cannot || wei > stakeWei} onClick={unstake}>
            Unstake
          </Button>
        </form>
      ) : (
        <p className="text-sm text-ash">
          Only the wallet that claims what this tab earns can stake for it.
        </p>
      )}
      {unbondingWei > 0n && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-thread pt-3 text-sm">
          <p>
            {weft(unbondingWei)} was asked back.{' '}
            {isReady
              ? 'It can be taken back now.'
              : `It can be taken back from ${momentWords(availableAt, Date.now())} on.`}
          </p>
          <Button
            kind="plain"
            disabled={!isOwn || !isReady || action.step !== null}
            onClick={takeBack}
          >
            Take it back
          </Button>
        </div>
      )}
      <ActionNote action={action} />
    </Section>
  )
}
