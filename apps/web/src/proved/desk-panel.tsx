import { Link } from '@tanstack/react-router'
import type { LoanDecision } from '@weft/payments/chain'
import type { ModelCard, Scores } from '@weft/sdk/proved'
import { useEffect, useRef, useState } from 'react'
import { ActionNote } from '../money/action-note.tsx'
import { Section } from '../money/section.tsx'
import { useChainAction } from '../money/use-chain-action.ts'
import { FactList } from '../receipt/fact-list.tsx'
import type { Fact } from '../receipt/receipt-facts.ts'
import { useTab } from '../site/tab-context.tsx'
import { Button, buttonClass } from '../ui/button.tsx'
import { useWallet } from '../wallet/use-wallet.ts'
import { obtainProof } from './obtain-proof.ts'
import { liarWords } from './proof-words.ts'
import { changeVisit } from './proved-visit.ts'
import type { ProvedTools } from './use-proved-model.ts'

type DeskPanelProps = { tools: ProvedTools; said: Scores }

/** Which loan, and for which answers. */
type Decided = { decision: LoanDecision; facts: Fact[]; of: bigint }

const decisionWords: Record<LoanDecision, string> = {
  waiting: 'The desk waits for the proof.',
  approved: 'Approved: the contract lends.',
  'for a person': 'For a person: the contract does not decide this one.',
  refused: 'Refused: the contract does not lend.',
}

/** As `LendingDesk.onScores`. */
const rule =
  'It lends where “repaid” has the highest score, asks a person where “paid late” has, else refuses.'

function scoresWords({ classes }: ModelCard, { scores }: Scores): string {
  return classes.map((name, index) => `${name} ${(scores[index] ?? 0).toFixed(2)}`).join(', ')
}

/** A contract on a development chain that lends as the proved score says. */
export function DeskPanel({ tools, said }: DeskPanelProps) {
  const tab = useTab()
  const { state, wallet } = useWallet()
  const action = useChainAction(wallet)
  const [proving, setProving] = useState<string | null>(null)
  const [liars, setLiars] = useState<string | null>(null)
  const controller = useRef<AbortController | null>(null)
  useEffect(() => () => controller.current?.abort(), [])
  const [decided, setDecided] = useState<Decided | null>(null)
  if (state.phase === 'loading' || state.phase === 'off') return null
  const isConnected = state.phase === 'connected'
  if (isConnected && !state.network.contracts.lendingDesk) return null

  const apply = () =>
    action.run(async ({ lending, network, options }) => {
      controller.current = new AbortController()
      const { signal } = controller.current
      setDecided(null)
      setLiars(null)
      const id = await lending.applyFor(said.packedFeatures, options)
      try {
        const { answerOf } = await import('@weft/sdk/proved')
        const purpose = await lending.purposeOf(id)
        const init = { tools, tab, said, purpose, onStep: setProving, signal }
        const { proved, liars: found } = await obtainProof(init)
        setLiars(liarWords(found))
        setProving(null)
        const { transactionHash } = await lending.prove(id, answerOf(proved), options)
        const decision = await lending.decisionOf(id)
        const facts = [
          { name: 'Rule', value: rule },
          { name: 'Scores', value: scoresWords(tools.model.card, said) },
          { name: 'Chain', value: network.name },
          { name: 'Loan', value: `Application ${id}` },
          { name: 'Contract', value: network.contracts.lendingDesk ?? '', id: true as const },
          { name: 'Transaction', value: transactionHash, id: true as const },
        ]
        setDecided({ decision, facts, of: said.packedFeatures })
      } finally {
        setProving(null)
      }
    })

  return (
    <Section title="A contract that acts on it">
      <p className="max-w-[66ch] text-sm text-ash">
        A lending desk on {isConnected ? state.network.name : 'the local chain'}: it asks, waits for
        a proof, and decides by the score that it shows. Another tab makes the proof where one
        offers this model, and sees the answers; else this one does. Two transactions, one to apply
        and one with the proof. An example: its money is worth nothing.
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
          <Link
            to="/wallet"
            className={buttonClass('plain')}
            onClick={() => changeVisit({ wantsWallet: true })}
          >
            Connect a wallet
          </Link>
        </p>
      )}
      {decided && decided.of === said.packedFeatures && (
        <FactList title="What it decided by" facts={decided.facts} />
      )}
      {proving ? (
        <p className="flex flex-wrap items-center gap-x-3 text-sm text-ash">
          {proving}
          <Button kind="quiet" onClick={() => controller.current?.abort()}>
            Cancel
          </Button>
        </p>
      ) : (
        <ActionNote action={action} />
      )}
      {liars && <p className="max-w-[66ch] border-l-2 border-weld pl-3 text-sm">{liars}</p>}
    </Section>
  )
}
