import type { WeftErrorData } from '@weft/protocol'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import type { WalletActions, WalletChoice, WalletState } from '../wallet/wallet-state.ts'

type ConnectPanelProps = {
  state: Exclude<WalletState, { phase: 'connected' | 'loading' | 'off' }>
  wallet: WalletActions | null
}

/** From no wallet to one on the right network. */
export function ConnectPanel({ state, wallet }: ConnectPanelProps) {
  if (state.phase === 'connecting') {
    return (
      <p role="status" className="text-ash">
        {state.choice.name} asks you whether this page may see your account.
      </p>
    )
  }
  if (state.phase === 'wrong-network') return <WrongNetwork state={state} wallet={wallet} />
  return <Choices choices={state.choices} error={state.error} wallet={wallet} />
}

type ChoicesProps = {
  choices: readonly WalletChoice[]
  error: WeftErrorData | null
  wallet: WalletActions | null
}

function Choices({ choices, error, wallet }: ChoicesProps) {
  return (
    <div className="grid gap-4">
      <p className="max-w-[66ch] text-sm text-ash">
        A wallet is asked when you deposit or take money back, and for no single answer. Free tabs
        answer without one.
      </p>
      <ul className="flex flex-wrap gap-2">
        {choices.map((choice, index) => (
          <li key={choice.id}>
            <Button
              kind={index === 0 ? 'main' : 'plain'}
              onClick={() => void wallet?.connect(choice.id)}
            >
              {choice.icon && <img src={choice.icon} alt="" className="size-4" />}
              Connect {choice.name}
            </Button>
          </li>
        ))}
      </ul>
      {choices.length === 0 && (
        <p>This browser has no wallet. Install one as an extension, then reload this page.</p>
      )}
      {choices.some(({ isDevelopment }) => isDevelopment) && (
        <p className="text-xs text-ash">
          The development wallet keeps its key in this browser. Its money is worth nothing.
        </p>
      )}
      {error && <ErrorNote error={error} />}
    </div>
  )
}

type WrongNetworkProps = {
  state: Extract<WalletState, { phase: 'wrong-network' }>
  wallet: WalletActions | null
}

function WrongNetwork({ state: { choice, network, error }, wallet }: WrongNetworkProps) {
  return (
    <div className="grid gap-3 border-l-2 border-weld pl-4">
      <p>
        {choice.name} is on another network. Jobs are paid on {network.name} here.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button kind="main" onClick={() => void wallet?.switchNetwork(network.chainId)}>
          Switch to {network.name}
        </Button>
        <Button kind="plain" onClick={() => void wallet?.disconnect()}>
          Disconnect
        </Button>
      </div>
      {error && <ErrorNote error={error} />}
    </div>
  )
}
