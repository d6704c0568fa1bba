type BarProps = {
  /** 0 to 1. */
  share: number
  /** Says what grows, to a screen reader; without it the words beside the bar tell. */
  label?: string
}

/** How much of something is there. */
export function Bar({ share, label }: BarProps) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100)
  const fill = <span className="block h-full bg-indigo" style={{ width: `${percent}%` }} />
  const shape = 'block h-1 overflow-hidden rounded-full bg-thread'
  if (label === undefined) {
    return (
      <span aria-hidden="true" className={shape}>
        {fill}
      </span>
    )
  }
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className={shape}
    >
      {fill}
    </span>
  )
}
