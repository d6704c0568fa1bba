import { Field } from './field.tsx'

type NumberFieldProps = {
  label: string
  value: string
  step: number
  /** What it does, in few words. */
  note: string
  /** What is wrong with it; in place of the note. */
  problem: string | undefined
  onChange: (value: string) => void
}

export function NumberField({ label, value, step, note, problem, onChange }: NumberFieldProps) {
  return (
    <Field label={label} note={note} problem={problem}>
      {(attributes) => (
        <input
          {...attributes}
          type="number"
          inputMode="decimal"
          step={step}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="min-h-9 w-full rounded-md border border-edge bg-paper px-2 text-sm tabular-nums aria-invalid:border-weld"
        />
      )}
    </Field>
  )
}
