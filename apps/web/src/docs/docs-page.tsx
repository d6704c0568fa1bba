import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Page } from '../ui/page.tsx'

const parts = [
  ['/docs', 'Quick starts'],
  ['/docs/reference', 'Reference'],
  ['/docs/errors', 'Errors'],
  ['/docs/trust', 'Trust and money'],
  ['/docs/hosting', 'Self-hosting'],
] as const

type DocsPageProps = { title: string; sentence: string; children: ReactNode }

/** A page of the docs, under the way to the others. */
export function DocsPage({ title, sentence, children }: DocsPageProps) {
  return (
    <Page title={title} sentence={sentence}>
      <nav
        aria-label="Docs"
        className="-mt-4 flex flex-wrap gap-x-5 border-b border-thread text-sm"
      >
        {parts.map(([to, name]) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true, includeHash: false, includeSearch: false }}
            className="-mb-px border-b-2 border-transparent py-2 text-ash hover:text-ink"
            activeProps={{ className: 'border-ink! font-medium text-ink' }}
          >
            {name}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  )
}
