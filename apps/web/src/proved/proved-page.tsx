import { useCell } from '@weft/react'
import { useEffect } from 'react'
import { Section } from '../money/section.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Page } from '../ui/page.tsx'
import { CardFacts } from './card-facts.tsx'
import { DeskPanel } from './desk-panel.tsx'
import { OfferPanel } from './offer-panel.tsx'
import { ProofPanel } from './proof-panel.tsx'
import { changeVisit, provedVisit } from './proved-visit.ts'
import { QuestionFields } from './question-fields.tsx'
import { ScoreBars } from './score-bars.tsx'
import { type ProvedTools, useProvedModel } from './use-proved-model.ts'

/** A small model whose weights are secret, what it says, the proof of it, and a contract that acts on one. */
export function ProvedPage() {
  const { tools, error } = useProvedModel()
  return (
    <Page
      title="Proved models"
      sentence="Some models are worth something because nobody sees their weights. A proof lets others rely on what they say all the same, a contract among them."
    >
      {error && <ErrorNote error={error} />}
      {tools ? (
        <Example tools={tools} />
      ) : (
        !error && <p className="text-ash">Fetching the example.</p>
      )}
    </Page>
  )
}

function Example({ tools }: { tools: ProvedTools }) {
  const { card } = tools.model
  const { answers } = useCell(provedVisit)
  useEffect(() => changeVisit({ wantsWallet: false }), [])
  const said = tools.model.score(answers)
  return (
    <>
      <Section title={card.name}>
        <p className="max-w-[66ch] text-sm text-ash">{card.description}</p>
        <CardFacts card={card} />
      </Section>
      <Section title="What it is asked">
        <QuestionFields
          card={card}
          answers={answers}
          onChange={(changed) => changeVisit({ answers: changed })}
        />
        <ScoreBars card={card} said={said} />
      </Section>
      <ProofPanel tools={tools} said={said} />
      <DeskPanel tools={tools} said={said} />
      <OfferPanel tools={tools} />
      <Section title="What a proof does not say">
        <ul className="grid max-w-[66ch] list-disc gap-1 pl-5 text-sm text-ash">
          <li>That the answers are true: a contract that lends has to know that from elsewhere.</li>
          <li>That the model is good or fair: only which model it is, and what it says.</li>
          <li>
            That its weights stay secret for ever: scores are public, and thousands of them give a
            small model away.
          </li>
          <li>
            Here anything at all for money: the key is a development one, whose maker could forge
            proofs, and these weights lie open, because this is an example.
          </li>
        </ul>
      </Section>
    </>
  )
}
