import { shortPeerId } from '../row/summary.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import type { WalletActions, WalletState } from '../wallet/wallet-state.ts'
import { Figures } from './figures.tsx'

type AccountPanelProps = {
  state: Extract<WalletState, { phase: 'connected' }>
  wallet: WalletActions | null
}

/** Whose money it is and how much of it is where. */
export function AccountPanel({ state, wallet }: AccountPanelProps) {
  const { address, choice, network, balances, error } = state
  const isWithoutGas = balances !== null && balances.gasWei === 0n
  return (
    <section
      aria-label="Account"
      className="on-paper grid gap-5 rounded-md border border-thread bg-paper p-4 sm:p-6"
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <p className="min-w-0 flex-1 basis-64">
          {choice.name}
          <span className="text-ash"> on {network.name}</span>
          {network.isTest && <span className="text-ash">, where money is worth nothing</span>}
        </p>
        <p className="-mr-2 flex items-center gap-x-1">
          <span title={address} className="font-mono text-xs">
            {shortPeerId(address)}
          </span>
          <CopyButton label="Copy" text={() => address} />
          <Button kind="quiet" onClick={() => void wallet?.disconnect()}>
            Disconnect
          </Button>
        </p>
      </div>
      <Figures
        figures={[
          ['In the wallet', balances?.walletWei ?? null],
          ['Deposited, not locked', balances?.depositWei ?? null],
        ]}
      />
      {isWithoutGas && (
        <p className="border-l-2 border-weld pl-3 text-sm">
          The wallet has none of the network’s own coin, which pays for transactions.{' '}
          {network.faucet ? 'Fill it here.' : 'Send some to it first.'}
        </p>
      )}
      {network.faucet && (
        <div>
          <Button kind="plain" onClick={() => void wallet?.fill()}>
            Fill from the faucet
          </Button>
        </div>
      )}
      {error && <ErrorNote error={error} />}
    </section>
  )
}
