import { useEffect, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { Page } from '../ui/page.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import type { WalletActions, WalletState } from '../wallet/wallet-state.ts'
import { AccountPanel } from './account-panel.tsx'
import { weft } from './amounts.ts'
import { ConnectPanel } from './connect-panel.tsx'
import { writeKeptPayer } from './kept-payer.ts'
import { LimitForm } from './limit-form.tsx'
import type { OtherKey } from './other-key.ts'
import { type PageFunds, readPageFunds } from './page-funds.ts'
import { Section } from './section.tsx'
import { momentWords } from './time-words.ts'

/** Lets Weft's frame in another page spend. Its money comes back here, as that of every key of this browser. */
export function OtherKeyPage({ address, page }: OtherKey) {
  const { state, wallet } = useWallet()
  return (
    <Page
      title={`A limit for Weft on ${page}`}
      sentence={`What you allow here, Weft’s frame on ${page} may spend on tabs that answer you there. The page itself cannot reach it, and no question that it asks is paid without you.`}
    >
      {state.phase === 'loading' && <p className="text-ash">Looking for wallets.</p>}
      {state.phase === 'off' && <ErrorNote error={state.error} />}
      {state.phase === 'connected' && (
        <>
          <AccountPanel state={state} wallet={wallet} />
          {wallet && <Limit address={address} page={page} state={state} wallet={wallet} />}
        </>
      )}
      {state.phase !== 'loading' && state.phase !== 'off' && state.phase !== 'connected' && (
        <ConnectPanel state={state} wallet={wallet} />
      )}
    </Page>
  )
}

type LimitProps = OtherKey & {
  state: Extract<WalletState, { phase: 'connected' }>
  wallet: WalletActions
}

function Limit({ address, page, state, wallet }: LimitProps) {
  const [funds, setFunds] = useState<PageFunds | null>(null)
  const [error, setError] = useState<ReturnType<typeof toData> | null>(null)
  const [looks, setLooks] = useState(0)
  const { network, address: payer, balances } = state

  // biome-ignore lint/correctness/useExhaustiveDependencies: behind a deposit it is read again.
  useEffect(() => {
    let isShown = true
    const read = async () => {
      const reader = await wallet.reader(network)
      const asked = { payer, signer: address, otherSigners: [], nowMs: Date.now() }
      return readPageFunds(reader, asked)
    }
    read().then(
      (found) => {
        if (found.current) writeKeptPayer(address, { chainId: network.chainId, payer })
        if (isShown) setFunds(found)
      },
      (thrown) => isShown && setError(toData(thrown)),
    )
    return () => {
      isShown = false
    }
  }, [wallet, network, payer, address, looks])

  return (
    <Section title="Limit">
      {error && <ErrorNote error={error} />}
      {funds?.current && (
        <p className="text-lg" data-testid="limit">
          {limitOf(page, funds.current.collateral)} Go back there: it is known in a moment.
        </p>
      )}
      {funds && !funds.current && balances && (
        <LimitForm
          funds={funds}
          balances={balances}
          wallet={wallet}
          onDone={() => setLooks((count) => count + 1)}
        />
      )}
    </Section>
  )
}

function limitOf(page: string, { capWei, expiry }: { capWei: bigint; expiry: number }): string {
  return `Weft on ${page} may spend up to ${weft(capWei)} until ${momentWords(expiry, Date.now())}.`
}
