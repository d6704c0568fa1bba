import type { AccountOnChain, KeyChannel } from '@weft/payments/chain'
import { type ReactNode, useRef, useState } from 'react'
import { useTab } from '../site/tab-context.tsx'
import { Bar } from '../ui/bar.tsx'
import { Button } from '../ui/button.tsx'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { weft } from './amounts.ts'
import { ElsewhereLimit } from './elsewhere-limit.tsx'
import { LimitForm } from './limit-form.tsx'
import { NewKey } from './new-key.tsx'
import type { PageFunds } from './page-funds.ts'
import { Section } from './section.tsx'
import { earlierLimitSentence, limitSentence, waitSentence } from './spending-words.ts'
import { useChainAction } from './use-chain-action.ts'
import { useSpending } from './use-money.ts'

type LimitPanelProps = {
  funds: PageFunds
  /** Null while they are not read, or another wallet is connected than the one that pays. */
  balances: AccountOnChain | null
  /** Null where the limit cannot be changed from here. */
  wallet: WalletActions | null
  /** A ticket of private credits pays. */
  isPrivate: boolean
  children?: ReactNode
}

/** What this page may spend, and until when. */
export function LimitPanel({ funds, balances, wallet, isPrivate, children }: LimitPanelProps) {
  const { current } = funds
  const [isRaising, setRaising] = useState(false)
  const [whyKept, setWhyKept] = useState<string | null>(null)
  return (
    <Section title="Limit">
      {current ? (
        <CurrentLimit
          isPrivate={isPrivate}
          funds={funds}
          current={current}
          balances={balances}
          wallet={wallet}
          isRaising={isRaising}
          onRaise={() => setRaising(!isRaising)}
          onKept={setWhyKept}
        />
      ) : (
        <p>This tab may spend nothing. Free tabs answer all the same.</p>
      )}
      {funds.elsewhere.map((channel) => (
        <ElsewhereLimit
          key={channel.signer}
          channel={channel}
          withdrawDelay={funds.withdrawDelay}
          wallet={wallet}
        />
      ))}
      {isPrivate && (
        <p className="max-w-[66ch] text-sm text-ash">{earlierLimitSentence(funds.withdrawDelay)}</p>
      )}
      {!current && whyKept && (
        <p className="max-w-[66ch] text-sm">This tab has kept its key. {whyKept}</p>
      )}
      {wallet && balances && (isRaising || !current) && (
        <LimitForm
          funds={funds}
          balances={balances}
          wallet={wallet}
          onDone={() => setRaising(false)}
        />
      )}
      {!wallet && (
        <p className="text-sm text-ash">
          {isPrivate
            ? 'A ticket of private credits pays: no wallet can be told by it.'
            : `To change it, connect the wallet that pays: ${funds.payer}.`}
        </p>
      )}
      {children}
    </Section>
  )
}

type CurrentLimitProps = {
  isPrivate: boolean
  funds: PageFunds
  current: KeyChannel
  balances: AccountOnChain | null
  wallet: WalletActions | null
  isRaising: boolean
  onRaise: () => void
  onKept: (why: string) => void
}

function CurrentLimit(props: CurrentLimitProps) {
  const { isPrivate, funds, current, balances, wallet, isRaising, onRaise, onKept } = props
  const tab = useTab()
  const [asksKey, setAsksKey] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const { salt, collateral } = current
  const { capWei } = collateral
  const promisedWei = useSpending()?.promisedWei ?? collateral.committedWei
  const leftWei = capWei > promisedWei ? capWei - promisedWei : 0n
  const action = useChainAction(wallet)
  const revoke = () =>
    action.run(({ channels, options }) => channels.revoke({ salt, signer: funds.signer }, options))
  return (
    <>
      <p className="text-lg" data-testid="limit">
        {limitSentence(collateral, Date.now())}
      </p>
      <Bar share={Number((promisedWei * 1000n) / (capWei || 1n)) / 1000} />
      <p className="text-sm text-ash tabular-nums">
        {weft(promisedWei)} is promised to tabs that answered, {weft(leftWei)} is left.
      </p>
      {wallet && (
        <div className="flex flex-wrap gap-2">
          <Button
            kind={leftWei === 0n ? 'main' : 'plain'}
            aria-expanded={isRaising}
            onClick={onRaise}
          >
            Raise the limit
          </Button>
          <Button kind="plain" disabled={action.step !== null} onClick={revoke}>
            Stop spending now
          </Button>
          <Button
            ref={opener}
            kind="plain"
            aria-expanded={asksKey}
            onClick={() => setAsksKey(!asksKey)}
          >
            Use a new key
          </Button>
        </div>
      )}
      {asksKey && tab && wallet && balances && (
        <NewKey
          tab={tab}
          funds={funds}
          current={current}
          balances={balances}
          leftWei={leftWei}
          wallet={wallet}
          onClose={() => {
            setAsksKey(false)
            opener.current?.focus()
          }}
          onKept={onKept}
        />
      )}
      <ActionNote action={action} />
      {!isPrivate && (
        <p className="max-w-[66ch] text-sm text-ash">{waitSentence(funds.withdrawDelay)}</p>
      )}
    </>
  )
}
