import { CopyButton } from './copy-button.tsx'

/** Code to be taken: it scrolls sideways where it is wide, also by keyboard. */
export function CodeBlock({ text, of }: { text: string; of: string }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] justify-items-start gap-1">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wide code scrolls, also by keyboard. */}
      <pre tabIndex={0} className={`${codeClass} overflow-x-auto`}>
        {text}
      </pre>
      <span className="-ml-2">
        <CopyButton label="Copy" of={of} text={() => text} />
      </span>
    </div>
  )
}

export const codeClass =
  'max-w-full border-l-2 border-thread px-3 py-1 font-mono text-[13px]/5 [font-variant-ligatures:none]'
