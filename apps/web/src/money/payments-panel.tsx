import type { WeftErrorData } from '@weft/protocol'
import { useEffect, useState } from 'react'
import { count } from '../row/summary.ts'
import { toData } from '../site/open-site.ts'
import { useTab } from '../site/tab-context.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { exactWeft, weft } from './amounts.ts'
import { listPaidAnswers, type PaidAnswer } from './history.ts'
import { Section } from './section.tsx'
import { momentWords } from './time-words.ts'
import { useSpending } from './use-money.ts'

/** What was paid for, from what this browser keeps. */
export function PaymentsPanel() {
  const history = useTab()?.history
  const promisedWei = useSpending()?.promisedWei
  const [answers, setAnswers] = useState<PaidAnswer[] | null>(null)
  const [error, setError] = useState<WeftErrorData | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new promise is another answer.
  useEffect(() => {
    let isShown = true
    if (!history) return
    listPaidAnswers(history).then(
      (list) => isShown && setAnswers(list),
      (thrown) => isShown && setError(toData(thrown)),
    )
    return () => {
      isShown = false
    }
  }, [history, promisedWei])
  return (
    <Section title="Payments">
      {error && <ErrorNote error={error} />}
      {answers?.length === 0 && (
        <p className="text-sm text-ash">Answers that cost something are listed here.</p>
      )}
      {answers && answers.length > 0 && (
        <>
          <p className="text-sm text-ash tabular-nums">
            {count(answers.length, 'answer')} for{' '}
            {weft(answers.reduce((total, { wei }) => total + wei, 0n))} in this browser.
          </p>
          <ul>
            {answers.map((answer) => (
              <PaymentItem key={answer.id} answer={answer} />
            ))}
          </ul>
        </>
      )}
    </Section>
  )
}

function PaymentItem({ answer: { prompt, atMs, tokens, nodes, wei } }: { answer: PaidAnswer }) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 border-t border-thread py-2 text-sm tabular-nums">
      <span className="text-ash">{momentWords(atMs / 1000, Date.now())}</span>
      <span className="min-w-0 flex-1 basis-48 truncate">{prompt}</span>
      <span className="text-ash">
        {count(tokens, 'token')}, {count(nodes, 'tab')}
      </span>
      <span title={exactWeft(wei)} className="max-sm:ml-auto">
        {weft(wei)}
      </span>
    </li>
  )
}
