import { useCell } from '@weft/react'
import type { Purse } from '@weft/sdk'
import { useEffect, useState } from 'react'
import { readPreference, writePreference } from '../site/preferences.ts'
import { useMoney } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { AmountField } from './amount-field.tsx'
import { exactAmount, parseAmount } from './amounts.ts'
import type { Redeeming } from './redeem-by-itself.ts'
import { byItselfSentence, lacksFees, redeemBySentence } from './redeem-words.ts'
import { useChainAction } from './use-chain-action.ts'
import { worthRedeeming } from './worth-redeeming.ts'

type RedeemNoteProps = {
  purse: Purse
  /** Null while none is connected. */
  wallet: WalletActions | null
}

/** Until when something must be redeemed, and whether this tab does it by itself. */
export function RedeemNote({ purse, wallet }: RedeemNoteProps) {
  const redeeming = useCell(useMoney().redeeming)
  const { redeemableWei = 0n, redeemBy = null } = useCell(purse.earnings) ?? {}
  return (
    <>
      {redeemBy !== null && (
        <p className="text-sm">{redeemBySentence(redeemableWei, redeemBy, Date.now())}</p>
      )}
      {redeeming && <ByItself redeeming={redeeming} purse={purse} wallet={wallet} />}
    </>
  )
}

type ByItselfProps = RedeemNoteProps & { redeeming: Redeeming }

function ByItself({ redeeming, purse, wallet }: ByItselfProps) {
  const { error, ...fees } = useCell(redeeming.state)
  const { redeemableWei = 0n } = useCell(purse.earnings) ?? {}
  const [typed, setTyped] = useState(() => readPreference('redeemFrom'))
  const action = useChainAction(wallet)
  useEffect(() => writePreference('redeemFrom', typed), [typed])
  const problem = typed.trim() === '' ? undefined : parseAmount(typed).problem
  const usualWei = worthRedeeming('').fromWei
  const { fromWei } = worthRedeeming(typed)
  const payFees = async () => {
    const isPaid = await action.run(({ sendFees, options }) => sendFees(purse.address, options))
    if (isPaid) await redeeming.lookAgain()
  }
  return (
    <div className="grid gap-3 border-t border-thread pt-3">
      <p className="max-w-[66ch] text-sm text-ash">
        {byItselfSentence(fees, fromWei, redeemableWei)}
      </p>
      <div className="flex flex-wrap items-start gap-3">
        <div className="w-40">
          <AmountField
            label="Redeem by itself from"
            placeholder={exactAmount(usualWei)}
            value={typed}
            problem={problem}
            onChange={setTyped}
          />
        </div>
        {lacksFees(fees) && wallet && (
          <Button
            kind="plain"
            className="mt-5.5"
            disabled={action.step !== null}
            onClick={() => void payFees()}
          >
            Pay its fees
          </Button>
        )}
      </div>
      <ActionNote action={action} />
      {error && <ErrorNote error={error} />}
    </div>
  )
}
