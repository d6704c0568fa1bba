import { Link } from '@tanstack/react-router'
import { useCell } from '@weft/react'
import { useEffect, useState } from 'react'
import { CreditsPanel } from '../credits/credits-panel.tsx'
import { LeaveTicket } from '../credits/leave-ticket.tsx'
import { provedVisit } from '../proved/proved-visit.ts'
import { useMoney } from '../site/tab-context.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Page } from '../ui/page.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import { AccountPanel } from './account-panel.tsx'
import { ConnectPanel } from './connect-panel.tsx'
import { LimitPanel } from './limit-panel.tsx'
import { readOtherKey } from './other-key.ts'
import { OtherKeyPage } from './other-key-page.tsx'
import { PaymentsPanel } from './payments-panel.tsx'
import { WithdrawPanel } from './withdraw-panel.tsx'

/** What this page may spend, whose it is, and how it comes back. */
export function WalletPage() {
  const [other] = useState(readOtherKey)
  const { wantsWallet } = useCell(provedVisit)
  if (other) return <OtherKeyPage {...other} />
  return (
    <Page
      title="Wallet"
      sentence="Some tabs answer for a price. What a page may spend on them is decided here, once, and no answer asks again."
    >
      {wantsWallet && (
        <p>
          <Link to="/models/proved" className="text-indigo underline underline-offset-2">
            Back to the proved model
          </Link>
        </p>
      )}
      <Wallet />
    </Page>
  )
}

function Wallet() {
  const money = useMoney()
  const { funds, network: fundedOn, error } = useCell(money.state)
  const { state, wallet } = useWallet()
  const isConnected = state.phase === 'connected'
  const address = isConnected ? state.address : null
  const network = isConnected ? state.network : null

  useEffect(() => {
    if (address && network) void money.look(address, network)
  }, [money, address, network])

  if (state.phase === 'loading') return <p className="text-ash">Looking for wallets.</p>
  if (state.phase === 'off') return <ErrorNote error={state.error} />
  const credits = fundedOn?.contracts.credits.toLowerCase()
  const isPrivate = credits !== undefined && funds?.payer.toLowerCase() === credits
  const isOwn = address !== null && funds?.payer.toLowerCase() === address.toLowerCase()
  return (
    <>
      {isConnected ? (
        <AccountPanel state={state} wallet={wallet} />
      ) : (
        <ConnectPanel state={state} wallet={wallet} />
      )}
      {error && <ErrorNote error={error} />}
      {funds && fundedOn && (
        <LimitPanel
          funds={funds}
          balances={isConnected && isOwn ? state.balances : null}
          wallet={isOwn ? wallet : null}
          isPrivate={isPrivate}
        >
          {isPrivate && wallet && <LeaveTicket wallet={wallet} network={fundedOn} />}
        </LimitPanel>
      )}
      {isConnected && isOwn && (
        <WithdrawPanel
          funds={funds}
          address={state.address}
          balances={state.balances}
          wallet={wallet}
        />
      )}
      {wallet?.networks[0] && (
        <CreditsPanel network={network ?? wallet.networks[0]} wallet={wallet} buyer={address} />
      )}
      <PaymentsPanel />
    </>
  )
}
