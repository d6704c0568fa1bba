import { type AccountOnChain, type KeyChannel, saltOf } from '@weft/payments/chain'
import type { WeftErrorData } from '@weft/protocol'
import type { Tab } from '@weft/sdk'
import { useCallback, useEffect, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { useMoney } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { writeKeptPayer } from './kept-payer.ts'
import { type KeyHolds, lookAtKey, readHeldOnChain } from './key-holds.ts'
import { newKeySentence, planNewKey, unknownHolds, whyKeepKey } from './new-key-plan.ts'
import type { PageFunds } from './page-funds.ts'
import { useChainAction } from './use-chain-action.ts'

type NewKeyProps = {
  tab: Tab
  funds: PageFunds
  current: KeyChannel
  balances: AccountOnChain
  /** Of the limit, not promised. */
  leftWei: bigint
  wallet: WalletActions
  onClose: () => void
  /** The limit of the key has ended, and the tab keeps it all the same. */
  onKept: (why: string) => void
}

/** Asks before this tab becomes another peer, and says what that takes. */
export function NewKey(props: NewKeyProps) {
  const { tab, funds, current, balances, leftWei, wallet, onClose, onKept } = props
  const { purse } = tab
  const { look, holds, setHolds, error } = useKeyHolds(tab, wallet)
  const [isLeaving, setLeaving] = useState(false)
  const action = useChainAction(wallet)
  const plan = planNewKey(leftWei, balances)
  const obstacle = holds ? whyKeepKey(holds) : undefined
  const sentence = holds
    ? newKeySentence(plan, { withdrawDelay: funds.withdrawDelay, gasWei: holds.gasWei })
    : !error && 'Looking what hangs on this key.'

  async function change(told: KeyHolds): Promise<void> {
    const { salt, signer, collateral } = current
    const next = await purse.nextAddress('wallet')
    await action.run(async ({ channels, network, options }) => {
      const now = await look()
      setHolds(now)
      if (whyKeepKey(now, told)) return
      if (plan.capWei === 0n) await channels.revoke({ salt, signer }, options)
      else {
        const { expiry } = collateral
        const authorization = { salt: saltOf(0), signer: next, capWei: plan.capWei, expiry }
        await channels.rotate({ salt, signer }, authorization, options)
        writeKeptPayer(next, { chainId: network.chainId, payer: funds.payer })
      }
      setLeaving(true)
      // The wallet may have taken its time, and Serve been switched on meanwhile.
      const why = await look().then(
        (since) => whyKeepKey(since, told),
        () => unknownHolds,
      )
      if (why) return onKept(why)
      await purse.takeNextKey('wallet')
      location.reload()
    })
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a question.
    <div
      role="group"
      aria-label="Use a new key?"
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
      className="grid gap-3 border-l-2 border-thread pl-4 text-sm"
    >
      {(obstacle ?? sentence) && <p className="max-w-[66ch]">{obstacle ?? sentence}</p>}
      {error && <ErrorNote error={error} />}
      <div className="flex flex-wrap gap-2">
        {!obstacle && (
          <Button
            kind="plain"
            disabled={!holds || isLeaving || action.step !== null}
            onClick={() => holds && void change(holds)}
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

/** Looks once when the question is asked, and whenever `look` is called. */
function useKeyHolds(tab: Tab, wallet: WalletActions) {
  const money = useMoney()
  const [holds, setHolds] = useState<KeyHolds | null>(null)
  const [error, setError] = useState<WeftErrorData | null>(null)
  const look = useCallback(
    () => lookAtKey({ tab, money, readChain: (address) => readHeldOnChain(wallet, address) }),
    [tab, money, wallet],
  )
  useEffect(() => {
    let isShown = true
    look().then(
      (found) => isShown && setHolds(found),
      (thrown) => isShown && setError(toData(thrown)),
    )
    return () => {
      isShown = false
    }
  }, [look])
  return { look, holds, setHolds, error }
}
