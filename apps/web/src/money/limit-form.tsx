import type { AccountOnChain } from '@weft/payments/chain'
import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { AmountField } from './amount-field.tsx'
import { parseAmount, weft } from './amounts.ts'
import { aboutWords } from './fiat-words.ts'
import { limitDays, planLimit } from './limit-plan.ts'
import type { PageFunds } from './page-funds.ts'
import { depositSentence, limitSentence } from './spending-words.ts'
import { useChainAction } from './use-chain-action.ts'
import { useFiat } from './use-fiat.ts'

type LimitFormProps = {
  funds: PageFunds
  balances: AccountOnChain
  wallet: WalletActions
  /** Who may spend then; else this page. */
  who?: string
  onDone: () => void
}

/** Deposits and allows in one go: a signature and a transaction, or only a transaction. */
export function LimitForm({ funds, balances, wallet, who, onDone }: LimitFormProps) {
  const { current, nextSalt, signer } = funds
  const salt = current?.salt ?? nextSalt
  const [amount, setAmount] = useState('2')
  const [days, setDays] = useState('1')
  const action = useChainAction(wallet)
  const rate = useFiat()
  const parsed = parseAmount(amount)
  const typedWei = parsed.wei ?? 0n
  const now = { typedWei, days: Number(days), nowMs: Date.now() }
  const plan = planLimit(funds, balances, now)
  const { moreWei, capWei, expiry, neededWei, isDeposited, missingWei } = plan
  const worth = aboutWords(neededWei, rate)
  const problem =
    (salt
      ? parsed.problem
      : 'This key was let spend as often as one can be. Take another browser profile.') ??
    (moreWei === 0n
      ? 'Write more than 0.'
      : missingWei > 0n
        ? `The wallet lacks ${weft(missingWei)}.`
        : undefined)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (problem || !salt) return
    const authorization = { salt, signer, capWei: moreWei, expiry }
    const isDone = await action.run(({ channels, options }) =>
      isDeposited
        ? channels.authorize(authorization, options)
        : channels.open(authorization, options),
    )
    if (isDone) onDone()
  }

  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="on-paper grid gap-3 rounded-md border border-thread bg-paper p-4"
    >
      <div className="grid items-start gap-3 sm:grid-cols-[12rem_12rem]">
        <AmountField
          label={current ? 'Raise by' : 'Up to'}
          value={amount}
          problem={problem}
          onChange={setAmount}
        />
        <Select
          label="Time"
          value={days}
          options={limitDays}
          disabled={action.step !== null}
          onChange={setDays}
        />
      </div>
      {!problem && (
        <div className="max-w-[66ch] text-sm">
          <p>{limitSentence({ capWei, expiry }, now.nowMs, who)}</p>
          <p className="text-ash">
            {isDeposited
              ? `${weft(neededWei)} of what is deposited is locked for it. Nothing leaves the wallet.`
              : depositSentence({ capWei: moreWei, takenWei: neededWei })}
          </p>
        </div>
      )}
      <div>
        <Button kind="main" type="submit" disabled={problem !== undefined || action.step !== null}>
          {isDeposited ? 'Allow' : `Deposit ${weft(neededWei)}`}
        </Button>
        {worth && <span className="ml-3 text-sm text-ash">{worth}</span>}
      </div>
      <p className="text-xs text-ash">
        {isDeposited
          ? 'Your wallet asks once, for a transaction.'
          : 'Your wallet asks for one signature and sends one transaction.'}{' '}
        Then it is not asked again.
      </p>
      <ActionNote action={action} />
    </form>
  )
}
