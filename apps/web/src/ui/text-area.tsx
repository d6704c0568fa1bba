import { useId } from 'react'

type TextAreaProps = {
  label: string
  value: string
  /** What to write, under the box. */
  note?: string
  /** What is wrong with it; in place of the note. */
  problem: string | undefined
  placeholder?: string
  onChange: (value: string) => void
}

/** A few lines of code or text, in mono. */
export function TextArea({ label, value, note, problem, placeholder, onChange }: TextAreaProps) {
  const id = useId()
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-xs text-ash">
        {label}
      </label>
      <textarea
        id={id}
        rows={2}
        spellCheck={false}
        value={value}
        placeholder={placeholder}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChange(event.target.value)}
        className="field-sizing-content max-h-40 min-h-16 w-full resize-none rounded-md border border-edge bg-paper px-2 py-1.5 font-mono text-xs placeholder:text-ash aria-invalid:border-weld"
      />
      <p id={`${id}-note`} className={`text-xs ${problem ? 'text-weld' : 'text-ash'}`}>
        {problem ?? note}
      </p>
    </div>
  )
}
