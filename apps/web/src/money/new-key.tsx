import type { AccountOnChain } from '@weft/payments/chain'
import type { Purse } from '@weft/sdk'
import { useState } from 'react'
import { useCell } from '../site/use-cell.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { writeKeptPayer } from './kept-payer.ts'
import { newKeySentence, planNewKey, whyKeepKey } from './new-key-plan.ts'
import { type KeyChannel, type PageFunds, saltOf } from './page-funds.ts'
import { useChainAction } from './use-chain-action.ts'
import { useOperator } from './use-operator.ts'

type NewKeyProps = {
  purse: Purse
  funds: PageFunds
  current: KeyChannel
  balances: AccountOnChain
  /** Of the limit, not promised. */
  leftWei: bigint
  wallet: WalletActions
  onClose: () => void
}

/** Asks before this tab becomes another peer, and says what that takes. */
export function NewKey(props: NewKeyProps) {
  const { purse, funds, current, balances, leftWei, wallet, onClose } = props
  const { operator, error } = useOperator(wallet, purse.address)
  const { redeemableWei = 0n } = useCell(purse.earnings) ?? {}
  const [isLeaving, setLeaving] = useState(false)
  const action = useChainAction(wallet)
  const plan = planNewKey(leftWei, balances)
  const obstacle = operator ? whyKeepKey({ redeemableWei, operator }) : undefined

  async function change(): Promise<void> {
    const { salt, signer, collateral } = current
    const next = await purse.nextAddress()
    const isDone = await action.run(async ({ channels, network, options }) => {
      if (plan.capWei === 0n) await channels.revoke({ salt, signer }, options)
      else {
        const { expiry } = collateral
        const authorization = { salt: saltOf(0), signer: next, capWei: plan.capWei, expiry }
        await channels.rotate({ salt, signer }, authorization, options)
        writeKeptPayer(next, { chainId: network.chainId, payer: funds.payer })
      }
      setLeaving(true)
      await purse.takeNextKey()
    })
    if (isDone) location.reload()
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a question.
    <div
      role="group"
      aria-label="Use a new key?"
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
      className="grid gap-3 border-l-2 border-thread pl-4 text-sm"
    >
      <p className="max-w-[66ch]">{obstacle ?? newKeySentence(plan, funds.withdrawDelay)}</p>
      {error && <ErrorNote error={error} />}
      <div className="flex flex-wrap gap-2">
        {!obstacle && (
          <Button
            kind="plain"
            disabled={!operator || isLeaving || action.step !== null}
            onClick={() => void change()}
          >
            Change the key
          </Button>
        )}
        <Button kind="quiet" autoFocus onClick={onClose}>
          Keep this one
        </Button>
      </div>
      <ActionNote action={action} />
    </div>
  )
}
