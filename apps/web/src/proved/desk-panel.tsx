import { Link } from '@tanstack/react-router'
import type { LoanDecision } from '@weft/payments/chain'
import type { ProveStage, Scores } from '@weft/sdk/proved'
import { useState } from 'react'
import { ActionNote } from '../money/action-note.tsx'
import { Section } from '../money/section.tsx'
import { useChainAction } from '../money/use-chain-action.ts'
import { Button, buttonClass } from '../ui/button.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import { stageWords } from './stage-words.ts'
import type { ProvedTools } from './use-proved-model.ts'

type DeskPanelProps = { tools: ProvedTools; answers: readonly number[]; said: Scores }

/** Which loan, and for which answers. */
type Decided = { decision: LoanDecision; id: bigint; of: bigint }

const decisionWords: Record<LoanDecision, string> = {
  waiting: 'The desk waits for the proof.',
  approved: 'Approved: the contract lends.',
  'for a person': 'For a person: the contract does not decide this one.',
  refused: 'Refused: the contract does not lend.',
}

/** A contract on a development chain that lends as the proved score says. */
export function DeskPanel({ tools: { model }, answers, said }: DeskPanelProps) {
  const { state, wallet } = useWallet()
  const action = useChainAction(wallet)
  const [stage, setStage] = useState<ProveStage | null>(null)
  const [decided, setDecided] = useState<Decided | null>(null)
  if (state.phase === 'loading' || state.phase === 'off') return null
  const isConnected = state.phase === 'connected'
  if (isConnected && !state.network.contracts.lendingDesk) return null

  const apply = () =>
    action.run(async ({ lending, options }) => {
      setDecided(null)
      const id = await lending.applyFor(said.packedFeatures, options)
      try {
        const { answerOf } = await import('@weft/sdk/proved')
        const purpose = await lending.purposeOf(id)
        const proved = await model.prove(answers, purpose, { onStage: setStage })
        setStage(null)
        await lending.prove(id, answerOf(proved), options)
        const decision = await lending.decisionOf(id)
        setDecided({ decision, id, of: said.packedFeatures })
      } finally {
        setStage(null)
      }
    })

  return (
    <Section title="A contract that acts on it">
      <p className="max-w-[66ch] text-sm text-ash">
        A lending desk on {isConnected ? state.network.name : 'the local chain'}: it asks, waits for
        a proof, and decides by the score that it shows. Two transactions, one to apply and one with
        the proof. An example: its money is worth nothing.
      </p>
      {isConnected ? (
        <div className="flex flex-wrap items-center gap-3">
          <Button kind="main" disabled={action.step !== null} onClick={() => void apply()}>
            Apply with these answers
          </Button>
          <p role="status" aria-label="Decision" className="text-sm">
            {decided && decided.of === said.packedFeatures && decisionWords[decided.decision]}
          </p>
        </div>
      ) : (
        <p>
          <Link to="/wallet" className={buttonClass('plain')}>
            Connect a wallet
          </Link>
        </p>
      )}
      {stage ? (
        <p className="text-sm text-ash">{stageWords[stage]}</p>
      ) : (
        <ActionNote action={action} />
      )}
    </Section>
  )
}
