import { useEffect, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { Page } from '../ui/page.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import type { WalletActions, WalletState } from '../wallet/wallet-state.ts'
import { AccountPanel } from './account-panel.tsx'
import { ConnectPanel } from './connect-panel.tsx'
import { writeKeptPayer } from './kept-payer.ts'
import { LimitForm } from './limit-form.tsx'
import { keyDigits, type OtherKey } from './other-key.ts'
import { type PageFunds, readPageFunds } from './page-funds.ts'
import { Section } from './section.tsx'
import { limitSentence } from './spending-words.ts'

/**
 * Lets a key of a link spend, once the person has compared it with the one that Weft's frame shows. Its money comes
 * back here, as that of every key of this browser.
 */
export function OtherKeyPage({ address, page }: OtherKey) {
  const { state, wallet } = useWallet()
  const [isSame, setIsSame] = useState(false)
  return (
    <Page
      title="A limit for another key"
      sentence={`Whoever gave you this link may spend what you allow here. It says that this is ${page}. Weft cannot check that, you can: compare the key with the one shown there, in the settings of Weft’s frame.`}
    >
      <Section title="Key">
        <p className="text-lg">
          <code>{keyDigits(address)}</code>
        </p>
        <label className="flex items-start gap-2 text-sm">
          <input
            type="checkbox"
            checked={isSame}
            onChange={({ target }) => setIsSame(target.checked)}
            className="mt-1 accent-indigo"
          />
          <span className="wrap-anywhere">On {page} I see this very key.</span>
        </label>
      </Section>
      {state.phase === 'loading' && <p className="text-ash">Looking for wallets.</p>}
      {state.phase === 'off' && <ErrorNote error={state.error} />}
      {state.phase === 'connected' && (
        <>
          <AccountPanel state={state} wallet={wallet} />
          {wallet && isSame && <Limit address={address} state={state} wallet={wallet} />}
        </>
      )}
      {state.phase !== 'loading' && state.phase !== 'off' && state.phase !== 'connected' && (
        <ConnectPanel state={state} wallet={wallet} />
      )}
    </Page>
  )
}

type LimitProps = Pick<OtherKey, 'address'> & {
  state: Extract<WalletState, { phase: 'connected' }>
  wallet: WalletActions
}

function Limit({ address, state, wallet }: LimitProps) {
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
          {limitSentence(funds.current.collateral, Date.now(), `The key ${keyDigits(address)}`)} Go
          back to the frame: it is known there in a moment.
        </p>
      )}
      {funds && !funds.current && balances && (
        <LimitForm
          funds={funds}
          balances={balances}
          wallet={wallet}
          who={`The key ${keyDigits(address)}`}
          onDone={() => setLooks((count) => count + 1)}
        />
      )}
    </Section>
  )
}
