/** Text of a docstring: paragraphs and lists by line, code between backticks. */
export function Words({ text, className = '' }: { text: string; className?: string }) {
  return text.split(/\n+/).map((line) => (
    <p key={line} className={`max-w-[66ch] wrap-anywhere ${className}`}>
      <Inline text={line} />
    </p>
  ))
}

/** `@param limit - of what` is for tools: a person reads `limit`: of what. */
export function noteWords(note: string): string {
  const [, tag, name, words] = /^@(\w+)(?: (\w+) -)? ?(.*)$/s.exec(note) ?? []
  if (!tag || words === undefined) return note
  if (tag === 'param' && name) return `\`${name}\`: ${words}`
  if (tag === 'returns') return `Returns ${words}`
  return tag === 'throws' ? `Throws ${words}` : words
}

/** A shorter piece of code stays on one line: an option cut behind its hyphens is another one. */
const wholeChars = 28

function codeClass(code: string): string {
  const wrap = code.length < wholeChars ? 'whitespace-nowrap' : 'wrap-anywhere'
  return `font-mono text-[0.9em] text-ink ${wrap}`
}

export function Inline({ text }: { text: string }) {
  return text.split('`').map((part, place) =>
    place % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text stay where they are.
      <code key={place} className={codeClass(part)}>
        {part}
      </code>
    ),
  )
}
