import { type ReactNode, useId } from 'react'

type FieldProps = {
  label: string
  /** What to write, under the control. */
  note?: string
  /** What is wrong with it; in place of the note. */
  problem?: string | undefined
  /** The control, which carries these. */
  children: (attributes: FieldAttributes) => ReactNode
}

type FieldAttributes = {
  id: string
  'aria-invalid'?: boolean
  'aria-describedby'?: string
}

/** A control under its label, and what there is to say of it. */
export function Field({ label, note, problem, children }: FieldProps) {
  const id = useId()
  const words = problem ?? note
  const described = words === undefined ? {} : { 'aria-describedby': `${id}-note` }
  return (
    <div className="grid min-w-0 max-w-full content-start gap-1">
      <label htmlFor={id} className="text-xs text-ash">
        {label}
      </label>
      {children({ id, ...(problem === undefined ? {} : { 'aria-invalid': true }), ...described })}
      {words !== undefined && (
        <p id={`${id}-note`} className={`text-xs ${problem ? 'text-weld' : 'text-ash'}`}>
          {words}
        </p>
      )}
    </div>
  )
}
