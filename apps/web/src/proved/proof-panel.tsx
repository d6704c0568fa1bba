import type { WeftErrorData } from '@weft/protocol'
import { useCell } from '@weft/react'
import type { Scores } from '@weft/sdk/proved'
import { useEffect, useRef, useState } from 'react'
import { Section } from '../money/section.tsx'
import { toData } from '../site/open-site.ts'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { saveFile } from '../ui/save-file.ts'
import { obtainProof } from './obtain-proof.ts'
import { proofFile } from './proof-file.ts'
import { liarWords, proofWords } from './proof-words.ts'
import { changeVisit, provedVisit } from './proved-visit.ts'
import type { ProvedTools } from './use-proved-model.ts'

type ProofPanelProps = { tools: ProvedTools; said: Scores }

type Phase =
  | { name: 'none' }
  | { name: 'running'; step: string }
  | { name: 'failed'; error: WeftErrorData }

/** Has the score proved by another tab, or by this one, and checks it as a tab does that has the card alone. */
export function ProofPanel({ tools, said }: ProofPanelProps) {
  const tab = useTab()
  const [phase, setPhase] = useState<Phase>({ name: 'none' })
  const { proof } = useCell(provedVisit)
  const controller = useRef<AbortController | null>(null)
  useEffect(() => () => controller.current?.abort(), [])

  async function run(): Promise<void> {
    changeVisit({ proof: null })
    controller.current = new AbortController()
    const { signal } = controller.current
    const onStep = (step: string) => signal.aborted || setPhase({ name: 'running', step })
    try {
      const init = { tools, tab, said, purpose: newPurpose(), onStep, signal }
      const { proved, ...facts } = await obtainProof(init)
      changeVisit({ proof: { proved, facts, of: said.packedFeatures } })
      setPhase({ name: 'none' })
    } catch (thrown) {
      if (signal.aborted) setPhase({ name: 'none' })
      else setPhase({ name: 'failed', error: toData(thrown) })
    }
  }

  const isRunning = phase.name === 'running'
  const liars = proof && liarWords(proof.facts.liars)
  const isOfThese = proof?.of === said.packedFeatures
  return (
    <Section title="The proof">
      <p className="max-w-[66ch] text-sm text-ash">
        That these scores are what the committed weights say of these answers, and nothing of the
        weights. Another tab makes it where one offers this model, and sees the answers; else this
        one does. It is checked here with the card alone, and no older proof passes.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        {isRunning ? (
          <Button kind="plain" onClick={() => controller.current?.abort()}>
            Cancel
          </Button>
        ) : (
          <Button kind="plain" onClick={() => void run()}>
            Prove it
          </Button>
        )}
        <p role="status" aria-label="Proof" className="max-w-[66ch] text-sm text-ash">
          {isRunning && phase.step}
          {proof && (isOfThese ? proofWords(proof.facts) : 'The answers have changed.')}
        </p>
        {proof && isOfThese && (
          <Button kind="quiet" onClick={() => saveFile(proofFile(tools.model, proof.proved))}>
            Save the proof
          </Button>
        )}
      </div>
      {liars && (
        <p role="alert" className="max-w-[66ch] border-l-2 border-weld pl-3 text-sm">
          {liars}
        </p>
      )}
      {phase.name === 'failed' && <ErrorNote error={phase.error} />}
    </Section>
  )
}

/** For a person who looks: no contract takes it, and no old proof is of it. */
function newPurpose() {
  const bytes = crypto.getRandomValues(new Uint8Array(31))
  const request = bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
  return { domain: 0n, request }
}
