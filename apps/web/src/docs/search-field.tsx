import { Field } from '../ui/field.tsx'

type SearchFieldProps = {
  label: string
  value: string
  /** What is found, e.g. `3 of 250 codes`. */
  found: string
  onChange: (value: string) => void
}

/** Filters while one types, and says how much is left. */
export function SearchField({ label, value, found, onChange }: SearchFieldProps) {
  return (
    <div className="grid max-w-md gap-1">
      <Field label={label}>
        {(attributes) => (
          <input
            {...attributes}
            type="search"
            value={value}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => onChange(event.target.value)}
            className="min-h-10 w-full rounded-md border border-edge bg-paper px-3"
          />
        )}
      </Field>
      <p role="status" className="text-xs text-ash">
        {found}
      </p>
    </div>
  )
}
