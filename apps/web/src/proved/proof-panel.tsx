import type { WeftErrorData } from '@weft/protocol'
import type { ProveStage, Scores } from '@weft/sdk/proved'
import { useEffect, useRef, useState } from 'react'
import { Section } from '../money/section.tsx'
import { toData } from '../site/open-site.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { stageWords } from './stage-words.ts'
import type { ProvedTools } from './use-proved-model.ts'

type ProofPanelProps = { tools: ProvedTools; answers: readonly number[]; said: Scores }

type Phase =
  | { name: 'none' }
  | { name: 'running'; stage: ProveStage | 'checking' }
  | { name: 'done'; isValid: boolean; proveMs: number; checkMs: number; of: bigint }
  | { name: 'failed'; error: WeftErrorData }

/** A proof for a person who looks: no contract takes it. */
const nowhere = { domain: 0n, request: 0n }

/** Proves the score in this tab, and checks it as a tab would that has the card alone. */
export function ProofPanel({ tools: { model, check }, answers, said }: ProofPanelProps) {
  const [phase, setPhase] = useState<Phase>({ name: 'none' })
  const controller = useRef<AbortController | null>(null)
  useEffect(() => () => controller.current?.abort(), [])

  async function run(): Promise<void> {
    controller.current = new AbortController()
    const { signal } = controller.current
    const startedMs = performance.now()
    try {
      const onStage = (stage: ProveStage) => setPhase({ name: 'running', stage })
      const proved = await model.prove(answers, nowhere, { onStage, signal })
      const proveMs = performance.now() - startedMs
      setPhase({ name: 'running', stage: 'checking' })
      const { isValid, ms } = await check(proved)
      setPhase({ name: 'done', isValid, proveMs, checkMs: ms, of: said.packedFeatures })
    } catch (thrown) {
      if (signal.aborted) setPhase({ name: 'none' })
      else setPhase({ name: 'failed', error: toData(thrown) })
    }
  }

  const isRunning = phase.name === 'running'
  return (
    <Section title="The proof">
      <p className="max-w-[66ch] text-sm text-ash">
        That these scores are what the committed weights say of these answers, and nothing of the
        weights. It is made in this tab, and checked as another would that has no weights.
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
        <p role="status" aria-label="Proof" className="text-sm text-ash">
          {isRunning && (phase.stage === 'checking' ? 'Checking.' : stageWords[phase.stage])}
          {phase.name === 'done' && phase.of === said.packedFeatures && doneWords(phase)}
          {phase.name === 'done' && phase.of !== said.packedFeatures && 'The answers have changed.'}
        </p>
      </div>
      {phase.name === 'failed' && <ErrorNote error={phase.error} />}
    </Section>
  )
}

function doneWords({ isValid, proveMs, checkMs }: Extract<Phase, { name: 'done' }>): string {
  if (!isValid) return 'The proof does not hold.'
  return `It holds. Proved in ${(proveMs / 1000).toFixed(1)} s, checked in ${(checkMs / 1000).toFixed(1)} s with all that had to be loaded for it.`
}
