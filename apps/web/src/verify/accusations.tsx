import { useCell } from '@weft/react'
import type { Accusation, CourtState, Tab } from '@weft/sdk'
import { ActionNote } from '../money/action-note.tsx'
import { weft } from '../money/amounts.ts'
import { useChainAction } from '../money/use-chain-action.ts'
import { Button } from '../ui/button.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import { accusationWords, bondWords, hindranceOf } from './case-words.ts'

/** Cases against this tab, with the way to appeal; nothing where there are none. */
export function Accusations({ court }: Pick<Tab, 'court'>) {
  const state = useCell(court.state)
  if (!state || state.accusations.length === 0) return null
  return (
    <section aria-label="Accusations" className="grid gap-3">
      {state.accusations.map((accusation) => (
        <AccusationItem key={accusation.id} {...{ court, state, accusation }} />
      ))}
    </section>
  )
}

type AccusationItemProps = Pick<Tab, 'court'> & { state: CourtState; accusation: Accusation }

function AccusationItem({ court, state, accusation }: AccusationItemProps) {
  const { rules, standing } = state
  const { state: walletState, wallet } = useWallet()
  const connected = walletState.phase === 'connected' ? walletState : null
  const action = useChainAction(connected && wallet)
  const nowMs = Date.now()
  const canAppeal = accusation.stage === 'accused' && accusation.endsAtMs > nowMs
  const bondWei = rules.appealBondWei
  const isPoor = connected?.balances ? connected.balances.walletWei < bondWei : false
  const hindrance = hindranceOf(state)
  const appeal = () =>
    void action
      .run(({ verdicts, options }) => verdicts.appeal(accusation.id, bondWei, options))
      .then(() => court.refresh())
  return (
    <div className="grid gap-3 rounded-md border border-weld p-4 text-sm">
      <p className="max-w-[66ch]">
        {accusationWords(accusation, { rules, stakeWei: standing?.stakeWei ?? 0n, nowMs })}
      </p>
      {canAppeal && (
        <>
          <p className="max-w-[66ch] text-ash">
            {bondWords(rules, hindrance)}
            {hindrance && isPoor && ` Your wallet has less than ${weft(bondWei)}.`}
            {hindrance && !connected && ' Connect it.'}
          </p>
          {hindrance && (
            <div>
              <Button
                kind="plain"
                disabled={!connected || isPoor || action.step !== null}
                onClick={appeal}
              >
                Appeal with {weft(bondWei)}
              </Button>
            </div>
          )}
        </>
      )}
      <ActionNote action={action} />
    </div>
  )
}
