import { Link } from '@tanstack/react-router'
import type { CourtState, Purse, Standing, TabCourt } from '@weft/sdk'
import { ActionNote } from '../money/action-note.tsx'
import { weft } from '../money/amounts.ts'
import { Figures } from '../money/figures.tsx'
import { registerOperator } from '../money/register-operator.ts'
import { Section } from '../money/section.tsx'
import { type ChainTools, useChainAction } from '../money/use-chain-action.ts'
import { type OperatorState, useOperator } from '../money/use-operator.ts'
import { count } from '../row/summary.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import type { WalletActions } from '../wallet/wallet-state.ts'
import { type SeatStep, seatPhase, seatPlan } from './seat-plan.ts'
import { seatTerms, seatWords, stepsWords } from './seat-words.ts'

type SeatPanelProps = { purse: Purse; court: TabCourt; state: CourtState }

/** What makes this tab's verdicts count: its seat, its stake, what it earned. */
export function SeatPanel({ purse, court, state }: SeatPanelProps) {
  const { rules, standing, problem, waitingChecks } = state
  const { state: walletState, wallet } = useWallet()
  const connected = walletState.phase === 'connected' ? walletState : null
  const { operator, error, refresh } = useOperator(connected && wallet, purse.address)
  const onDone = async () => {
    await Promise.all([refresh(), court.refresh()])
  }
  return (
    <Section title="Seat">
      {standing && (
        <p className="max-w-[66ch] text-sm">
          {seatWords(standing, rules, Date.now())}{' '}
          {seatPhase(standing) === 'none' && <span className="text-ash">{seatTerms(rules)}</span>}
        </p>
      )}
      <Figures
        figures={[
          ['At stake', standing?.stakeWei ?? null],
          ['Earned, to claim', standing?.owedWei ?? null],
        ]}
      />
      {waitingChecks > 0 && (
        <p className="max-w-[66ch] text-sm text-ash">
          {count(waitingChecks, 'check')} of paid answers {waitingChecks === 1 ? 'waits' : 'wait'}:
          whoever was drawn is paid when the answer is redeemed.
        </p>
      )}
      {standing && connected && wallet && operator ? (
        <SeatActions
          {...{ purse, wallet, operator, standing, rules, onDone }}
          owner={connected.address}
        />
      ) : (
        !connected && (
          <div>
            <Link to="/wallet" className={buttonClass('plain')}>
              {walletState.phase === 'wrong-network' ? 'Switch the network' : 'Connect a wallet'}
            </Link>
          </div>
        )
      )}
      {problem && <ErrorNote error={problem} />}
      {error && <ErrorNote error={error} />}
    </Section>
  )
}

type SeatActionsProps = {
  purse: Purse
  wallet: WalletActions
  owner: `0x${string}`
  operator: OperatorState
  standing: Standing
  rules: CourtState['rules']
  onDone: () => Promise<void>
}

function SeatActions(props: SeatActionsProps) {
  const { purse, wallet, owner, operator, standing, rules, onDone } = props
  const action = useChainAction(wallet)
  const isOwn = operator.owner === null || operator.owner.toLowerCase() === owner.toLowerCase()
  const phase = seatPhase(standing)
  const isSeated = phase === 'drawn' || phase === 'coming'
  const needsFees = standing.gasWei < standing.caseFeeWei
  const steps = seatPlan(operator, { ...rules, needsFees })
  const isBusy = action.step !== null
  const run = (act: (tools: ChainTools) => Promise<unknown>) => void action.run(act).then(onDone)
  const take = async (tools: ChainTools) => {
    for (const step of steps) await doStep(tools, step, { purse, owner, operator })
  }
  if (!isOwn) {
    return (
      <p className="max-w-[66ch] text-sm">
        This tab belongs to another wallet:{' '}
        <span className="font-mono text-xs break-all">{operator.owner}</span>. Connect that one.
      </p>
    )
  }
  return (
    <>
      {!isSeated && phase !== 'leaving' && (
        <p className="max-w-[66ch] text-sm text-ash">{stepsWords(steps)}</p>
      )}
      <div className="flex flex-wrap gap-2">
        {isSeated ? (
          <Button
            kind="plain"
            disabled={isBusy}
            onClick={() =>
              run(({ verdicts, options }) => verdicts.leaveSeat(purse.address, options))
            }
          >
            Leave the seat
          </Button>
        ) : (
          <Button kind="plain" disabled={isBusy || phase === 'leaving'} onClick={() => run(take)}>
            Take a seat
          </Button>
        )}
        <Button
          kind="plain"
          disabled={isBusy || standing.owedWei === 0n}
          onClick={() =>
            run(({ verdicts, options }) => verdicts.claim(purse.address, owner, options))
          }
        >
          Claim {weft(standing.owedWei)}
        </Button>
        {isSeated && needsFees && (
          <Button
            kind="plain"
            disabled={isBusy}
            onClick={() => run(({ sendFees, options }) => sendFees(purse.address, options))}
          >
            Pay its fees
          </Button>
        )}
      </div>
      {isSeated && needsFees && (
        <p className="max-w-[66ch] text-sm text-ash">
          This tab’s key has too few coins for the fees of a case: until it has, it accuses nobody.
        </p>
      )}
      <ActionNote action={action} />
    </>
  )
}

async function doStep(
  tools: ChainTools,
  step: SeatStep,
  { purse, owner, operator }: Pick<SeatActionsProps, 'purse' | 'owner' | 'operator'>,
): Promise<void> {
  const { registry, verdicts, options, sendFees } = tools
  const { address } = purse
  switch (step.name) {
    case 'register':
      return registerOperator(tools, { purse, owner, operator, roles: step.roles })
    case 'role':
      return void (await registry.setRoles(address, step.roles, options))
    case 'stake':
      return void (await registry.stake(address, step.wei, options))
    case 'fees':
      return void (await sendFees(address, options))
    case 'seat':
      return void (await verdicts.takeSeat(address, options))
  }
}
