/** Text of a docstring: paragraphs and lists by line, code between backticks. */
export function Words({ text, className = '' }: { text: string; className?: string }) {
  return text.split(/\n+/).map((line) => (
    <p key={line} className={`max-w-[66ch] wrap-anywhere ${className}`}>
      <Inline text={line} />
    </p>
  ))
}

export function Inline({ text }: { text: string }) {
  return text.split('`').map((part, place) =>
    place % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text stay where they are.
      <code key={place} className="font-mono text-[0.9em] text-ink wrap-anywhere">
        {part}
      </code>
    ),
  )
}
