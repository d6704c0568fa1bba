import { Field } from './field.tsx'

type SelectProps = {
  label: string
  value: string
  options: readonly (readonly [value: string, name: string])[]
  disabled: boolean
  onChange: (value: string) => void
}

export function Select({ label, value, options, disabled, onChange }: SelectProps) {
  return (
    <Field label={label}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value)}
          className="min-h-9 min-w-0 max-w-full rounded-md border border-edge bg-paper px-2 text-sm disabled:cursor-not-allowed disabled:opacity-60"
        >
          {options.map(([each, name]) => (
            <option key={each} value={each}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
