import { useState } from 'react'
import { Section } from '../money/section.tsx'
import { DocsPage } from './docs-page.tsx'
import { matches } from './matches.ts'
import { referenceParts } from './read-reference.ts'
import type { ReferenceEntry } from './reference.ts'
import { ReferenceItem } from './reference-item.tsx'
import { SearchField } from './search-field.tsx'
import { useAnchor } from './use-anchor.ts'

const textOf = ({ name, signature, doc, members }: ReferenceEntry) =>
  [name, signature, doc, ...members.map((member) => member.signature)].join(' ')

/** Every name that a program can import, an element has or a gateway answers. */
export function ReferencePage() {
  const [search, setSearch] = useState('')
  const shownName = useAnchor()
  const parts = referenceParts
    .map(({ name, entries }) => ({
      name,
      entries: entries.filter((entry) => matches(search, `${name} ${textOf(entry)}`)),
    }))
    .filter(({ entries }) => entries.length > 0)
  const count = parts.reduce((sum, { entries }) => sum + entries.length, 0)
  return (
    <DocsPage
      title="Reference"
      sentence="Read from the sources: names, types and what their docstrings say. Money is in wei, as bigint; times are in milliseconds where a name ends in Ms."
    >
      <SearchField label="Search" value={search} found={`${count} names`} onChange={setSearch} />
      {parts.map(({ name, entries }) => (
        <Section key={name} title={name}>
          <div className="border-t border-thread">
            {entries.map((entry) => (
              <ReferenceItem
                key={entry.name}
                entry={entry}
                isShown={entry.name === shownName || entries.length < 8}
              />
            ))}
          </div>
        </Section>
      ))}
    </DocsPage>
  )
}
