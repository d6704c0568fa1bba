import { Section } from '../money/section.tsx'
import { Inline } from './words.tsx'

/** Sentences that each stand for themselves, under a heading. */
export function Statements({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <Section title={title}>
      <ul className="grid max-w-[66ch] list-disc gap-2 pl-5 marker:text-ash">
        {lines.map((line) => (
          <li key={line} className="wrap-anywhere">
            <Inline text={line} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
