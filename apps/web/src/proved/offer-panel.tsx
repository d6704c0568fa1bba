import { useCell } from '@weft/react'
import type { ProofOffer, ProofsState, Tab } from '@weft/sdk'
import { useId } from 'react'
import { Section } from '../money/section.tsx'
import { useTab } from '../site/tab-context.tsx'
import { Select } from '../ui/select.tsx'
import { servedWords } from './proof-words.ts'
import type { ProvedTools } from './use-proved-model.ts'

const choices = [
  ['nothing', 'Nothing'],
  ['checks', 'Check proofs'],
  ['proves', 'Prove answers and check proofs'],
] as const

/** What this tab does for others that ask this model, as long as it is open. */
export function OfferPanel({ tools }: { tools: ProvedTools }) {
  const tab = useTab()
  return tab && <OpenOffer tab={tab} tools={tools} />
}

function OpenOffer({ tab, tools }: { tab: Tab; tools: ProvedTools }) {
  const id = useId()
  const state = useCell(tab.proofs.state)
  const change = (choice: string) => void tab.proofs.offer(offerOf(tools, choice))
  return (
    <Section title="For other tabs">
      <p id={id} className="max-w-[66ch] text-sm text-ash">
        Whoever has the weights can answer others: a proof takes this device a second or two. To
        check one takes the card alone and some hundredths. It goes on until this tab closes.
      </p>
      <div className="grid max-w-sm gap-2">
        <Select
          label="What this tab does"
          value={choiceOf(state)}
          options={choices}
          disabled={false}
          onChange={change}
        />
      </div>
      <p role="status" aria-label="Done for others" className="text-sm text-ash">
        {state && servedWords(state)}
      </p>
    </Section>
  )
}

function choiceOf(state: ProofsState | null): string {
  if (!state) return 'nothing'
  return state.proves ? 'proves' : 'checks'
}

function offerOf({ model, check }: ProvedTools, choice: string): ProofOffer | null {
  if (choice === 'nothing') return null
  return {
    modelCid: model.cid,
    prove:
      choice === 'proves'
        ? ({ features, domain, request }, options) =>
            model.prove(features, { domain, request }, { ...options, forOthers: true })
        : null,
    check: async (proved, options) =>
      (await check(proved, null, { ...options, forOthers: true })).isValid,
  }
}
