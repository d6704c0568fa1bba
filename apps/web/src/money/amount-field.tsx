import { Field } from '../ui/field.tsx'

type AmountFieldProps = {
  label: string
  value: string
  note?: string
  problem?: string | undefined
  placeholder?: string
  disabled?: boolean
  onChange: (value: string) => void
}

/** An amount of the token in decimals: text, since a number field would round it. */
export function AmountField({ label, value, note, problem, onChange, ...rest }: AmountFieldProps) {
  return (
    <Field label={label} problem={problem} {...(note === undefined ? {} : { note })}>
      {(attributes) => (
        <span className="relative block">
          <input
            {...attributes}
            {...rest}
            inputMode="decimal"
            autoComplete="off"
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className="min-h-9 w-full rounded-md border border-edge bg-paper pr-14 pl-2 text-sm tabular-nums placeholder:text-ash disabled:opacity-60 aria-invalid:border-weld"
          />
          <span
            aria-hidden="true"
            className="pointer-events-none absolute inset-y-0 right-2 grid place-items-center text-xs text-ash"
          >
            WEFT
          </span>
        </span>
      )}
    </Field>
  )
}
