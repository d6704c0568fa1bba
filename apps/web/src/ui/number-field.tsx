import { useId } from 'react'

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
  const id = useId()
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-xs text-ash">
        {label}
      </label>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        step={step}
        value={value}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChange(event.target.value)}
        className="min-h-9 w-full rounded-md border border-edge bg-paper px-2 text-sm tabular-nums aria-invalid:border-weld"
      />
      <p id={`${id}-note`} className={`text-xs ${problem ? 'text-weld' : 'text-ash'}`}>
        {problem ?? note}
      </p>
    </div>
  )
}
