import type { KeyChannel } from '@weft/payments/chain'
import { Button } from '../ui/button.tsx'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { elsewhereSentence } from './spending-words.ts'
import { useChainAction } from './use-chain-action.ts'

type ElsewhereLimitProps = {
  channel: KeyChannel
  /** In seconds. */
  withdrawDelay: number
  /** Null where the wallet that pays is not connected. */
  wallet: WalletActions | null
}

/** What a key may spend that this tab does not have, and the end of it: its tab may have left it behind. */
export function ElsewhereLimit({ channel, withdrawDelay, wallet }: ElsewhereLimitProps) {
  const { signer, salt, collateral } = channel
  const action = useChainAction(wallet)
  const revoke = () =>
    action.run(({ channels, options }) => channels.revoke({ salt, signer }, options))
  return (
    <div className="grid gap-2 border-t border-thread pt-3 text-sm">
      <p className="max-w-[66ch] text-ash">
        {elsewhereSentence(collateral, { nowMs: Date.now(), withdrawDelay })}
      </p>
      {wallet && (
        <div>
          <Button kind="plain" disabled={action.step !== null} onClick={revoke}>
            Stop its spending
          </Button>
        </div>
      )}
      <ActionNote action={action} />
    </div>
  )
}
