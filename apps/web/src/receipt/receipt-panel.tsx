import type { AnswerRecord } from '@weft/sdk'
import { RowLegend } from '../row/row-legend.tsx'
import { describeRow, layOutRow } from '../row/stitches.ts'
import { summarize, summaryLine } from '../row/summary.ts'
import { WovenRow } from '../row/woven-row.tsx'
import { useSession, useTab } from '../site/tab-context.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { CheckElsewhere } from './check-elsewhere.tsx'
import { checkSentence } from './check-words.ts'
import { FactList } from './fact-list.tsx'
import { OpinionList } from './opinion-list.tsx'
import { receiptFacts, receiptJson } from './receipt-facts.ts'
import { Recheck } from './recheck.tsx'
import { ShareAnswer } from './share-answer.tsx'
import { WitnessList } from './witness-list.tsx'

type ReceiptPanelProps = {
  chatId: string
  turnId: string
  answer: AnswerRecord
  onClose: () => void
}

/** Where an answer came from and how far it was checked, in full. */
export default function ReceiptPanel({ chatId, turnId, answer, onClose }: ReceiptPanelProps) {
  const session = useSession()
  const models = useTab()?.models.list.get() ?? []
  const model = models.find(({ modelCid }) => modelCid === answer.job.modelCid)
  return (
    <Sheet title="Receipt" side="right" onClose={onClose}>
      <WovenRow answer={answer} streaming={false} />
      <p className="mt-2 font-medium">{describeRow(layOutRow(answer, false), answer)}.</p>
      <p className="text-sm text-ash">{summaryLine(summarize(answer, false), answer)}</p>
      <RowLegend answer={answer} />
      <section aria-label="Check" className="mt-5 border-t border-thread pt-4">
        <p className="text-sm">{checkSentence(answer)}</p>
        <OpinionList opinions={answer.check?.opinions ?? []} />
        <Recheck answer={answer} onCheck={(signal) => session.recheck(chatId, turnId, signal)} />
        <CheckElsewhere
          answer={answer}
          onCheck={(signal) => session.check(chatId, turnId, signal)}
        />
      </section>
      {answer.quorum && <WitnessList quorum={answer.quorum} />}
      {receiptFacts(answer, model).map(({ title, facts }) => (
        <FactList key={title} title={title} facts={facts} />
      ))}
      <div className="mt-4 -ml-2">
        <CopyButton label="Copy as JSON" text={() => receiptJson(answer)} />
      </div>
      <ShareAnswer answer={answer} />
    </Sheet>
  )
}
