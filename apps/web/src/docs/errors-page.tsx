import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { DocsPage } from './docs-page.tsx'
import json from './generated/errors.json'
import { matches } from './matches.ts'
import type { CatalogueError } from './reference.ts'
import { SearchField } from './search-field.tsx'
import { useAnchor } from './use-anchor.ts'
import { Words } from './words.tsx'

const errors: readonly CatalogueError[] = json

const textOf = ({ code, sentences, status, word }: CatalogueError) =>
  [code, status, word, ...sentences].join(' ')

/** Every code that Weft throws. */
export function ErrorsPage() {
  const [search, setSearch] = useState('')
  const shownCode = useAnchor()
  const found = errors.filter((error) => matches(search, textOf(error)))
  return (
    <DocsPage
      title="Errors"
      sentence="Every code, what is said with it, and its HTTP status. Decide by the code; sentences are for people and may change."
    >
      <div className="grid gap-2 text-sm">
        <Words text="The status is that of the gateway, and of `toApiError(error).status`. Codes that are said by the page, the widget or a process alone have none. Where a gateway lacks money of its own, what begins with `payments/` comes as 503 `gateway/cannot-pay`: it is not yours that is missing." />
        <Words text="… stands for what is filled in. Facts and causes come beside, in `error.facts` and `error.cause`." />
      </div>
      <SearchField
        label="Search"
        value={search}
        found={`${found.length} of ${errors.length} codes`}
        onChange={setSearch}
      />
      <ul className="border-t border-thread">
        {found.map((error) => (
          <ErrorItem key={error.code} error={error} isShown={error.code === shownCode} />
        ))}
      </ul>
    </DocsPage>
  )
}

function ErrorItem({ error, isShown }: { error: CatalogueError; isShown: boolean }) {
  const { code, sentences, status, word } = error
  return (
    <li
      id={code}
      className={`grid scroll-mt-4 gap-x-6 gap-y-1 border-b border-thread py-3 sm:grid-cols-[14rem_minmax(0,1fr)_7rem] ${isShown ? 'bg-thread/40' : ''}`}
    >
      <h2 className="font-mono text-sm wrap-anywhere">
        <Link to="/docs/errors" hash={code} className="hover:underline">
          {code}
        </Link>
      </h2>
      <div className="grid content-start gap-1 text-sm">
        {sentences.length === 0 && (
          <p className="text-ash">What is said depends on what happened.</p>
        )}
        {sentences.map((sentence) => (
          <Words key={sentence} text={sentence} />
        ))}
      </div>
      <p className="text-sm text-ash sm:text-right">
        {status && <span className="tabular-nums">HTTP {status}</span>}
        {word && <span className="block font-mono text-xs wrap-anywhere">{word}</span>}
      </p>
    </li>
  )
}
