import { type AccountOnChain, type KeyChannel, returnableWei } from '@weft/payments/chain'
import type { Hex } from '@weft/protocol'
import { Button } from '../ui/button.tsx'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { weft } from './amounts.ts'
import type { PageFunds } from './page-funds.ts'
import { Section } from './section.tsx'
import { pastSentence, waitSentence } from './spending-words.ts'
import { type ChainAction, useChainAction } from './use-chain-action.ts'

type WithdrawPanelProps = {
  funds: PageFunds | null
  address: Hex
  balances: AccountOnChain | null
  wallet: WalletActions | null
}

/** What comes back to the wallet, and when. */
export function WithdrawPanel({ funds, address, balances, wallet }: WithdrawPanelProps) {
  const action = useChainAction(wallet)
  const depositWei = balances?.depositWei ?? 0n
  const past = funds?.past ?? []
  if (!funds || (depositWei === 0n && past.length === 0)) return null
  const withdraw = () =>
    action.run(({ channels, options }) => channels.withdraw(address, depositWei, options))
  return (
    <Section title="Take back">
      {past.length > 0 && (
        <>
          <ul>
            {past.map((channel) => (
              <PastItem
                key={channel.channelId + channel.signer}
                channel={channel}
                action={action}
              />
            ))}
          </ul>
          {!funds.current && (
            <p className="max-w-[66ch] text-sm text-ash">{waitSentence(funds.withdrawDelay)}</p>
          )}
        </>
      )}
      {depositWei > 0n && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-thread pt-3">
          <p className="text-sm">
            {weft(depositWei)} is deposited and not locked: it goes to the wallet at once.
          </p>
          <Button kind="plain" disabled={action.step !== null} onClick={withdraw}>
            Withdraw {weft(depositWei)}
          </Button>
        </div>
      )}
      <ActionNote action={action} />
    </Section>
  )
}

type PastItemProps = { channel: KeyChannel; action: ChainAction }

function PastItem({ channel, action }: PastItemProps) {
  const { signer, salt, collateral } = channel
  const nowMs = Date.now()
  const isReady = nowMs >= collateral.availableAt * 1000
  const release = () =>
    action.run(({ channels, options }) => channels.release({ salt, signer }, [], options))
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-thread py-3 text-sm">
      <p>
        {weft(returnableWei(collateral))} at most of a limit that has ended.{' '}
        {pastSentence(channel, nowMs)}
      </p>
      <Button kind="plain" disabled={!isReady || action.step !== null} onClick={release}>
        Take it back
      </Button>
    </li>
  )
}
