import { Field } from './field.tsx'

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
  return (
    <Field label={label} problem={problem} {...(note === undefined ? {} : { note })}>
      {(attributes) => (
        <textarea
          {...attributes}
          rows={2}
          spellCheck={false}
          value={value}
          placeholder={placeholder}
          onChange={(event) => onChange(event.target.value)}
          className="field-sizing-content max-h-40 min-h-16 w-full resize-none rounded-md border border-edge bg-paper px-2 py-1.5 font-mono text-xs placeholder:text-ash aria-invalid:border-weld"
        />
      )}
    </Field>
  )
}
