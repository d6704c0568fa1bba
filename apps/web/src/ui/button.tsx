import type { ComponentProps } from 'react'

/** `main`: the one call to action of a screen; `plain`: bordered; `quiet`: text only. */
type ButtonKind = 'main' | 'plain' | 'quiet'

const kindClass: Record<ButtonKind, string> = {
  main: 'bg-madder text-on-madder font-medium px-4 hover:opacity-90',
  plain: 'border border-edge px-4 hover:bg-thread/50',
  quiet: 'px-2 text-ash hover:text-ink hover:bg-thread/50',
}

type ButtonProps = ComponentProps<'button'> & { kind: ButtonKind }

/** For a link that looks like a button. */
export function buttonClass(kind: ButtonKind): string {
  return `inline-flex min-h-9 items-center justify-center gap-2 rounded-md text-sm ${kindClass[kind]}`
}

export function Button({ kind, className = '', type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={`${buttonClass(kind)} disabled:cursor-not-allowed disabled:opacity-50 ${className}`}
      {...rest}
    />
  )
}
