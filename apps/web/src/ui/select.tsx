import { useId } from 'react'

type SelectProps = {
  label: string
  value: string
  options: readonly (readonly [value: string, name: string])[]
  disabled: boolean
  onChange: (value: string) => void
}

export function Select({ label, value, options, disabled, onChange }: SelectProps) {
  const id = useId()
  return (
    <div className="grid min-w-0 max-w-full gap-1">
      <label htmlFor={id} className="text-xs text-ash">
        {label}
      </label>
      <select
        id={id}
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
    </div>
  )
}
