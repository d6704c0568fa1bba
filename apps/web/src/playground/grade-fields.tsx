import type { AnswerSettings } from '../chat/answer-settings.ts'
import { Select } from '../ui/select.tsx'
import { gradeWords } from './grade-words.ts'

type GradeFieldsProps = {
  settings: AnswerSettings
  onGrade: (grade: string) => void
}

const options = Object.entries(gradeWords).map(([grade, { name }]) => [grade, name] as const)

/** How far answers are checked, and right beside it what that does not show. */
export function GradeFields({ settings, onGrade }: GradeFieldsProps) {
  const { grade } = settings
  const words = grade in gradeWords ? gradeWords[grade as keyof typeof gradeWords] : null
  return (
    <div className="grid gap-1.5">
      <Select
        label="How far answers are checked"
        value={grade}
        options={options}
        disabled={false}
        onChange={onGrade}
      />
      {words && (
        <p aria-live="polite" className="max-w-[60ch] text-xs text-ash">
          {words.does} {words.costs} <span className="text-ink">{words.not}</span>
        </p>
      )}
    </div>
  )
}
