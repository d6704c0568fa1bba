import { Link } from '@tanstack/react-router'
import type { Hex } from '@weft/protocol'
import { useCell } from '@weft/react'
import type { Purse } from '@weft/sdk'
import { Button, buttonClass } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { ActionNote } from './action-note.tsx'
import { weft } from './amounts.ts'
import { Figures } from './figures.tsx'
import { RedeemNote } from './redeem-note.tsx'
import { registerOperator } from './register-operator.ts'
import { Section } from './section.tsx'
import { StakePanel } from './stake-panel.tsx'
import { useChainAction } from './use-chain-action.ts'
import { type OperatorState, useOperator } from './use-operator.ts'

const computeRole = 1

const nothing = { earnedWei: 0n, redeemableWei: 0n, redeemedWei: 0n, lostWei: 0n }

/** Earned, redeemed, claimed; and what is at stake. */
export function EarningsPanel({ purse }: { purse: Purse }) {
  const earnings = useCell(purse.earnings) ?? nothing
  const { earnedWei, redeemableWei, redeemedWei, lostWei } = earnings
  const { state, wallet } = useWallet()
  const connected = state.phase === 'connected' ? state : null
  const { operator, error, refresh } = useOperator(connected && wallet, purse.address, redeemedWei)
  return (
    <>
      <Section title="Earnings">
        <Figures
          figures={[
            ['Earned', earnedWei],
            ['Redeemable', redeemableWei],
            ['Redeemed', redeemedWei],
            ...(connected ? [['To claim', operator?.claimableWei ?? null] as const] : []),
          ]}
        />
        <p className="max-w-[66ch] text-sm text-ash">
          Redeeming brings what others have promised to the chain, all of it in one transaction for
          each model. {operator ? `${operator.poolsBps / 100} % of it goes` : 'A share of it goes'}{' '}
          to the pools for checks, storage and the treasury, up to 10 % to the model’s publisher
          where it asks for a share; the rest is yours to claim.
          {lostWei > 0n && ` ${weft(lostWei)} was delivered and never paid.`}
        </p>
        {connected && operator ? (
          <EarningActions
            purse={purse}
            wallet={wallet}
            owner={connected.address}
            operator={operator}
            redeemableWei={redeemableWei}
            onDone={refresh}
          />
        ) : (
          <div className="grid justify-items-start gap-2">
            <p className="max-w-[66ch] text-sm">
              Tickets of private credits pay this tab only once a wallet has registered its key on
              the chain. Relays do not look at that.
            </p>
            <Link to="/wallet" className={buttonClass('plain')}>
              {state.phase === 'wrong-network' ? 'Switch the network' : 'Connect a wallet'}
            </Link>
          </div>
        )}
        {error && <ErrorNote error={error} />}
        <RedeemNote purse={purse} wallet={connected && wallet} />
      </Section>
      {connected && operator && (
        <StakePanel
          purse={purse}
          wallet={wallet}
          address={connected.address}
          operator={operator}
          walletWei={connected.balances?.walletWei ?? 0n}
          onDone={refresh}
        />
      )}
    </>
  )
}

type EarningActionsProps = {
  purse: Purse
  wallet: WalletActions | null
  /** Of the connected wallet. */
  owner: Hex
  operator: OperatorState
  redeemableWei: bigint
  onDone: () => Promise<void>
}

function EarningActions(props: EarningActionsProps) {
  const { purse, wallet, owner, operator, redeemableWei, onDone } = props
  const action = useChainAction(wallet)
  const isOwn = operator.owner?.toLowerCase() === owner.toLowerCase()
  const isBusy = action.step !== null

  const redeem = () =>
    action
      .run(({ channels, options }) => purse.redeem((call) => channels.redeem(call, options)))
      .then(onDone)
  const claim = () =>
    action
      .run(({ channels, options }) => channels.claim(purse.address, owner, options))
      .then(onDone)
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button
          kind="plain"
          disabled={isBusy || redeemableWei === 0n}
          onClick={() => void redeem()}
        >
          Redeem {weft(redeemableWei)}
        </Button>
        {isOwn ? (
          <Button
            kind="plain"
            disabled={isBusy || operator.claimableWei === 0n}
            onClick={() => void claim()}
          >
            Claim {weft(operator.claimableWei)}
          </Button>
        ) : (
          !operator.owner && <OwnButton {...props} />
        )}
      </div>
      {operator.owner && !isOwn && (
        <p className="max-w-[66ch] text-sm">
          What this tab earns belongs to another wallet:{' '}
          <span className="font-mono text-xs break-all">{operator.owner}</span>. Connect that one to
          claim.
        </p>
      )}
      {!operator.owner && (
        <p className="max-w-[66ch] text-sm">
          No wallet owns this tab’s key yet, so tickets of private credits cannot pay it: limits of
          wallets can. “Let this wallet claim” registers it on the chain, for both.
        </p>
      )}
      <ActionNote action={action} />
    </>
  )
}

/** A tab's key earns; a wallet has to own it before it can claim. */
function OwnButton({ purse, wallet, owner, operator, onDone }: EarningActionsProps) {
  const action = useChainAction(wallet)
  const register = () =>
    action
      .run(async (tools) => {
        await registerOperator(tools, { purse, owner, operator, roles: computeRole })
      })
      .then(onDone)
  return (
    <>
      <Button kind="plain" disabled={action.step !== null} onClick={() => void register()}>
        Let this wallet claim
      </Button>
      <ActionNote action={action} />
    </>
  )
}
