import { Link } from '@tanstack/react-router'
import { useCell } from '@weft/react'
import type { Cell, ModelEntry, Spending } from '@weft/sdk'
import { useId } from 'react'
import { type AnswerSettings, tabsAtOnce } from '../chat/answer-settings.ts'
import type { ChatTurn } from '../chat/chat.ts'
import { chatModels } from '../models/model-names.ts'
import { useOpened } from '../site/tab-context.tsx'
import { exactAmount, weft } from './amounts.ts'
import { priceSentence } from './price-sentence.ts'
import { dearerWei, isFree } from './price-words.ts'
import { useFiat } from './use-fiat.ts'
import { useSpending } from './use-money.ts'

type PriceLineProps = {
  prompt: string
  /** The turns that the prompt goes on from. */
  earlier: readonly ChatTurn[]
  settings: AnswerSettings
  modelCid: string | null
  payAtMost: string
  onPayAtMost: (text: string) => void
}

const noModels: ModelEntry[] = []
const emptyList: Cell<ModelEntry[]> = { get: () => noModels, subscribe: () => () => {} }

/** What an answer may cost, before it is asked for. Nothing at all where this tab may spend nothing. */
export function PriceLine(props: PriceLineProps) {
  const spending = useSpending()
  return spending && <KnownPriceLine {...props} spending={spending} />
}

function KnownPriceLine(props: PriceLineProps & { spending: Spending }) {
  const { prompt, earlier, settings, modelCid, payAtMost, onPayAtMost, spending } = props
  const opened = useOpened()
  const list = chatModels(useCell(opened?.tab.models.list ?? emptyList))
  const model = list.find((entry) => entry.modelCid === modelCid) ?? list[0]
  const prices = model?.prices ?? []
  const paid = prices.filter((price) => !isFree(price))
  const dearest = paid.map(dearerWei).toSorted((a, b) => (a < b ? 1 : -1))[0]
  const contextTokens = model?.manifest.contextTokens ?? Number.POSITIVE_INFINITY
  const id = useId()
  const rate = useFiat()
  if (!opened) return null
  const words = priceSentence({
    inputTokens: opened.mostInputTokens(earlier, prompt, contextTokens),
    maxTokens: Number(settings.maxTokens),
    tabs: tabsAtOnce(settings),
    payAtMost,
    spending,
    live: dearest ? { dearestWei: dearest } : prices.length > 0 ? 'free' : 'unknown',
    rate,
  })
  const isPaying = payAtMost.trim() !== ''
  return (
    <div className="text-xs/6 text-ash tabular-nums">
      <div className="flex flex-wrap items-center gap-x-2">
        <label htmlFor={id}>Pay at most</label>
        <input
          id={id}
          inputMode="decimal"
          placeholder="0"
          value={payAtMost}
          aria-invalid={words.problem}
          aria-describedby={`${id}-cost`}
          onChange={(event) => onPayAtMost(event.target.value)}
          className="h-6 w-16 rounded-md border border-edge bg-paper px-1.5 text-ink placeholder:text-ash aria-invalid:border-weld"
        />
        <span>WEFT for a million tokens.</span>
      </div>
      <p className="flex flex-wrap gap-x-2">
        <span id={`${id}-cost`} className={words.problem ? 'text-weld' : ''}>
          {words.sentence}
        </span>
        {!isPaying && dearest !== undefined && (
          <button
            type="button"
            onClick={() => onPayAtMost(exactAmount(dearest))}
            className="text-indigo underline underline-offset-2"
          >
            Ask paid tabs too: {weft(dearest)} for a million tokens
          </button>
        )}
        <Link to="/wallet" className="text-indigo underline underline-offset-2">
          {weft(spending.freeWei > 0n ? spending.freeWei : 0n)} left to spend
        </Link>
      </p>
    </div>
  )
}
