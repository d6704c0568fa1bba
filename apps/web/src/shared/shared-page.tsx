import type { Message, SharedAnswer, WeftErrorData } from '@weft/protocol'
import { type AnswerRecord, fromShared } from '@weft/sdk'
import { useEffect, useState } from 'react'
import { FileButton } from '../models/file-button.tsx'
import { AnswerText } from '../playground/answer-text.tsx'
import { CheckElsewhere } from '../receipt/check-elsewhere.tsx'
import { FactList } from '../receipt/fact-list.tsx'
import { OpinionList } from '../receipt/opinion-list.tsx'
import { receiptFacts } from '../receipt/receipt-facts.ts'
import { Recheck } from '../receipt/recheck.tsx'
import { RowLegend } from '../row/row-legend.tsx'
import { WovenRow } from '../row/woven-row.tsx'
import { toData } from '../site/open-site.ts'
import { useOpened, useTab } from '../site/tab-context.tsx'
import { Page } from '../ui/page.tsx'
import { openShared } from './shared-link.ts'
import { signedSentences } from './shared-words.ts'

type Opened =
  | { phase: 'empty' }
  | { phase: 'refused'; error: WeftErrorData }
  | { phase: 'open'; shared: SharedAnswer; answer: AnswerRecord }

const sentence =
  'Somebody else asked and got it. The link holds all of it, and nothing of it is sent anywhere.'
const emptySentence =
  'This address has no answer behind it: open the whole link that you were sent, or a saved answer.'

/** An answer that somebody else got, checked again here. */
export function SharedPage() {
  const [opened, setOpened] = useState<Opened | null>(null)
  const open = (packed: string) =>
    openShared(packed).then(
      (shared) => setOpened({ phase: 'open', shared, answer: fromShared(shared) }),
      (error) => setOpened({ phase: 'refused', error: toData(error) }),
    )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the link is read once, and again when it changes.
  useEffect(() => {
    const read = () => {
      const packed = location.hash.slice(1)
      if (packed === '') setOpened({ phase: 'empty' })
      else void open(packed)
    }
    read()
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return (
    <Page title="A shared answer" sentence={opened?.phase === 'empty' ? emptySentence : sentence}>
      {opened?.phase === 'refused' && <Refused error={opened.error} />}
      {opened?.phase === 'open' ? (
        <OpenAnswer
          key={opened.shared.receipt.endedAtMs}
          shared={opened.shared}
          answer={opened.answer}
        />
      ) : (
        opened && (
          <div className="grid justify-items-start gap-2">
            <FileButton
              name="Open a saved answer"
              folder={false}
              disabled={false}
              onFiles={([file]) => void file?.text().then(open)}
            />
            <p className="text-sm text-ash">A file that ends in .weft.</p>
          </div>
        )
      )}
    </Page>
  )
}

function Refused({ error }: { error: WeftErrorData }) {
  return (
    <section className="grid gap-3">
      <p className="max-w-[66ch] border-l-2 border-weld pl-4">
        This does not hold, so nothing of it is shown. Either a part of the link was lost on its
        way, or it was changed: ask whoever sent it to share it again.
      </p>
      {error.facts.length > 0 && <p className="text-sm text-ash">{error.facts.join(' · ')}</p>}
    </section>
  )
}

function OpenAnswer({ shared, answer: asShared }: { shared: SharedAnswer; answer: AnswerRecord }) {
  const [answer, setAnswer] = useState(asShared)
  const opened = useOpened()
  const models = useTab()?.models.list.get() ?? []
  const model = models.find(({ modelCid }) => modelCid === answer.job.modelCid)
  const client = opened?.tab.client
  const isJson = answer.job.sampling.grammar.type !== 'text'
  return (
    <>
      <article className="grid max-w-[66ch] gap-4">
        <Messages messages={answer.job.messages} />
        <SignedText shared={shared} isJson={isJson} />
        <div>
          <WovenRow answer={answer} streaming={false} />
          <RowLegend answer={answer} />
        </div>
      </article>
      <section aria-label="What holds" className="grid gap-3 border-t border-thread pt-6">
        <h2 className="text-lg font-semibold">What holds</h2>
        {signedSentences(shared.receipt).map((sentence) => (
          <p key={sentence} className="max-w-[66ch] text-sm">
            {sentence}
          </p>
        ))}
        <OpinionList opinions={answer.check?.opinions ?? []} />
        {client && (
          <>
            <Recheck
              answer={answer}
              onCheck={async (signal) => {
                const recheck = await client.recheck(asShared, { signal })
                setAnswer((now) => ({ ...now, recheck }))
              }}
            />
            <CheckElsewhere
              answer={answer}
              onCheck={async (signal) => {
                const check = await client.check(answer, { signal })
                setAnswer((now) => ({ ...now, check }))
              }}
            />
          </>
        )}
      </section>
      <section aria-label="Receipt">
        {receiptFacts(answer, model).map(({ title, facts }) => (
          <FactList key={title} title={title} facts={facts} />
        ))}
      </section>
    </>
  )
}

/** Where the beginning is nobody's word, it stands apart. */
function SignedText({ shared, isJson }: { shared: SharedAnswer; isJson: boolean }) {
  const { text, segments, receipt } = shared
  const signedFrom = segments.at(-1)?.startChar ?? 0
  const shown = { streaming: false, isJson }
  if (receipt.firstToken === 0) return <AnswerText text={text} {...shown} />
  return (
    <>
      {signedFrom > 0 && (
        <section aria-label="Not signed" className="border-l-2 border-weld pl-4 text-ash">
          <p className="mb-1 text-sm">Nobody has signed for this beginning.</p>
          <AnswerText text={text.slice(0, signedFrom)} {...shown} />
        </section>
      )}
      <AnswerText text={text.slice(signedFrom)} {...shown} />
    </>
  )
}

/** What was asked last stands out; what was said before can be opened. */
function Messages({ messages }: { messages: readonly Message[] }) {
  const last = messages.at(-1)
  const before = messages.slice(0, -1)
  return (
    <>
      {before.length > 0 && (
        <details className="text-sm text-ash">
          <summary className="min-h-6 cursor-pointer">
            {before.length === 1 ? 'One message before' : `${before.length} messages before`}
          </summary>
          <ol className="mt-2 grid gap-2">
            {before.map((message, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they never change places.
              <li key={index} className="break-words whitespace-pre-wrap">
                <span className="font-medium">{roleWords[message.role]}: </span>
                {textOf(message)}
              </li>
            ))}
          </ol>
        </details>
      )}
      <h2 className="font-medium break-words whitespace-pre-wrap">{last?.content}</h2>
    </>
  )
}

const roleWords = {
  system: 'Instruction',
  user: 'Asked',
  assistant: 'Answered',
  tool: 'A function gave',
}

function textOf(message: Message): string {
  if (message.role !== 'assistant' || !message.toolCalls) return message.content
  const calls = message.toolCalls.map((call) => `${call.name}(${call.arguments})`)
  return [message.content, ...calls].filter(Boolean).join('\n')
}
