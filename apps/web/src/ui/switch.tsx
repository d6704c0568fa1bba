type SwitchProps = {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  size?: 'small' | 'large'
  describedBy?: string
  /** Where the label alone does not tell it from others; begins with the label. */
  name?: string
}

const sizes = {
  small: { track: 'h-5 w-9', thumb: 'size-3.5', on: 'translate-x-4', text: 'text-sm' },
  large: { track: 'h-9 w-16', thumb: 'size-7', on: 'translate-x-7', text: 'text-xl font-semibold' },
}

/** An on/off choice that takes effect at once. */
export function Switch(props: SwitchProps) {
  const { label, checked, onChange, size = 'small', describedBy, name } = props
  const { track, thumb, on, text } = sizes[size]
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-describedby={describedBy}
      aria-label={name}
      onClick={() => onChange(!checked)}
      className={`inline-flex min-h-9 shrink-0 items-center gap-3 rounded-md text-left ${text}`}
    >
      <span
        aria-hidden="true"
        className={`flex shrink-0 items-center rounded-full border px-[3px] motion-safe:transition-colors motion-safe:duration-150 ${track} ${
          checked ? 'border-moss bg-moss' : 'border-edge bg-transparent'
        }`}
      >
        <span
          className={`rounded-full motion-safe:transition-transform motion-safe:duration-150 ${thumb} ${
            checked ? `bg-linen ${on}` : 'bg-edge'
          }`}
        />
      </span>
      {label}
    </button>
  )
}
