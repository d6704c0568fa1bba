import type { AnswerSettings } from '../chat/answer-settings.ts'
import { NumberField } from '../ui/number-field.tsx'
import { Select } from '../ui/select.tsx'
import { gradeWords } from './grade-words.ts'

type GradeFieldsProps = {
  settings: AnswerSettings
  problem: string | undefined
  /** Whether anybody has measured how far honest devices differ with the chosen model. */
  canBeJudged: boolean
  onGrade: (grade: string) => void
  onQuorum: (quorum: string) => void
}

const options = Object.entries(gradeWords).map(([grade, { name }]) => [grade, name] as const)

/** How far answers are checked, and right beside it what that does not show. */
export function GradeFields(props: GradeFieldsProps) {
  const { settings, problem, canBeJudged, onGrade, onQuorum } = props
  const { grade, quorum } = settings
  const words = grade in gradeWords ? gradeWords[grade as keyof typeof gradeWords] : null
  return (
    <div className="grid gap-1.5">
      <div className="grid gap-3 sm:grid-cols-2">
        <Select
          label="How far answers are checked"
          value={grade}
          options={options}
          disabled={false}
          onChange={onGrade}
        />
        {grade === 'quorum' && (
          <NumberField
            label="Tabs at once"
            value={quorum}
            step={1}
            note="From 2 to 5"
            problem={problem}
            onChange={onQuorum}
          />
        )}
      </div>
      {words && (
        <p aria-live="polite" className="max-w-[60ch] text-xs text-ash">
          {words.does} {words.costs} <span className="text-ink">{words.not}</span>
        </p>
      )}
      {!canBeJudged && grade !== 'signed' && (
        <p className="max-w-[60ch] text-xs text-weld">
          Nobody has measured yet how far honest devices differ with this model, so no tab can judge
          its answers: they are {grade === 'quorum' ? 'compared' : 'signed'}, no more.
        </p>
      )}
    </div>
  )
}
