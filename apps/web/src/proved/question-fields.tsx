import type { ModelCard } from '@weft/sdk/proved'
import { useId } from 'react'
import { isAsked, withAnswer } from './possible-answers.ts'

type QuestionFieldsProps = {
  card: ModelCard
  answers: readonly number[]
  onChange: (answers: readonly number[]) => void
}

/** One slider for each answer, in its own unit. */
export function QuestionFields({ card, answers, onChange }: QuestionFieldsProps) {
  return (
    <div className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
      {card.features.map((feature, index) => (
        <Question
          key={feature.name}
          feature={feature}
          value={answers[index] ?? feature.low}
          isAsked={isAsked(card, answers, index)}
          onChange={(value) => onChange(withAnswer(card, answers, index, value))}
        />
      ))}
    </div>
  )
}

type QuestionProps = {
  feature: ModelCard['features'][number]
  value: number
  /** False where another answer leaves nothing to say here. */
  isAsked: boolean
  onChange: (value: number) => void
}

function Question({ feature, value, isAsked, onChange }: QuestionProps) {
  const { name, unit, low, high } = feature
  const id = useId()
  const words = !isAsked ? 'none' : `${value.toLocaleString('en')}${unit ? ` ${unit}` : ''}`
  return (
    <div className="grid gap-0.5">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <label htmlFor={id} className="text-ash first-letter:uppercase">
          {name}
        </label>
        <span className="tabular-nums">{words}</span>
      </div>
      <input
        id={id}
        type="range"
        min={Math.round(low)}
        max={Math.round(high)}
        step={stepOf(high - low)}
        value={value}
        disabled={!isAsked}
        aria-valuetext={words}
        onChange={(event) => onChange(Number(event.target.value))}
        className="h-6 w-full accent-indigo disabled:opacity-50"
      />
    </div>
  )
}

function stepOf(range: number): number {
  return range > 4_000 ? 50 : range > 1_000 ? 10 : 1
}
