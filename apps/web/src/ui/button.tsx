import type { ComponentProps } from 'react'

/** `main`: the one call to action of a screen; `plain`: bordered; `quiet`: text only. */
type ButtonKind = 'main' | 'plain' | 'quiet'

const kindClass: Record<ButtonKind, string> = {
  main: 'bg-madder text-on-madder font-medium px-4 hover:opacity-90',
  plain: 'border border-edge px-4 hover:bg-thread/50',
  quiet: 'px-2 text-ash hover:text-ink hover:bg-thread/50',
}

type ButtonProps = ComponentProps<'button'> & { kind: ButtonKind }

export function Button({ kind, className = '', type = 'button', ...rest }: ButtonProps) {
  const shape = 'inline-flex min-h-9 items-center justify-center gap-2 rounded-md text-sm'
  return (
    <button
      type={type}
      className={`${shape} ${kindClass[kind]} disabled:cursor-not-allowed disabled:opacity-50 ${className}`}
      {...rest}
    />
  )
}
