import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { CodeBlock, codeClass } from '../ui/code-block.tsx'
import { MemberList } from './member-list.tsx'
import type { ReferenceEntry } from './reference.ts'
import { Inline, noteWords, Words } from './words.tsx'

/** One name: its first words, and all of it when it is opened. */
export function ReferenceItem({ entry, isShown }: { entry: ReferenceEntry; isShown: boolean }) {
  const { name, doc } = entry
  const [chosen, setChosen] = useState<boolean | null>(null)
  const isOpen = chosen ?? isShown
  return (
    <details
      id={name}
      open={isOpen}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== isOpen) setChosen(currentTarget.open)
      }}
      className="scroll-mt-4 border-b border-thread py-2"
    >
      <summary className="cursor-pointer">
        <h3 className="inline font-mono text-sm wrap-anywhere">{name}</h3>
        {!isOpen && doc && (
          <span className="ml-3 text-sm text-ash wrap-anywhere">
            <Inline text={doc.split(/(?<=\.) |\n/)[0] ?? ''} />
          </span>
        )}
      </summary>
      {isOpen && <Whole entry={entry} />}
    </details>
  )
}

function Whole({
  entry: { name, signature, doc, notes, example, members },
}: {
  entry: ReferenceEntry
}) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3 py-2">
      {signature && (
        <pre className={`${codeClass} whitespace-pre-wrap wrap-anywhere`}>{signature}</pre>
      )}
      {doc && <Words text={doc} />}
      {notes.length > 0 && (
        <ul className="grid gap-1 text-sm text-ash">
          {notes.map((note) => (
            <li key={note} className="max-w-[66ch] wrap-anywhere">
              <Inline text={noteWords(note)} />
            </li>
          ))}
        </ul>
      )}
      {members.length > 0 && <MemberList members={members} />}
      {example && <CodeBlock text={example} of="the example" />}
      <p className="text-xs">
        <Link to="/docs/reference" hash={name} className="text-indigo underline underline-offset-2">
          Link to {name}
        </Link>
      </p>
    </div>
  )
}
