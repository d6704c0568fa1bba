import { Link } from '@tanstack/react-router'
import { useIntent } from '../site/tab-context.tsx'

const examples = [
  'Tell me a story about a fox and a lantern.',
  'What is Weft?',
  'What is 27 + 15?',
  'Tell me a story about a whale and a bell.',
]

export function EmptyState({ onExample }: { onExample: (prompt: string) => void }) {
  const intent = useIntent()
  return (
    <div className="grid gap-6 py-10 sm:py-16">
      <div className="grid gap-3">
        <p className="font-serif text-2xl leading-snug">Ask, and another browser tab answers.</p>
        <p className="max-w-[56ch] text-ash">
          Under each answer a row is woven: its stitches show which tab made which part, and how far
          it was checked. Select one to see more.
        </p>
      </div>
      <ul {...intent} className="border-t border-thread">
        {examples.map((example) => (
          <li key={example} className="border-b border-thread">
            <button
              type="button"
              onClick={() => onExample(example)}
              className="min-h-11 w-full px-1 py-2 text-left text-ash hover:bg-thread/40 hover:text-ink"
            >
              {example}
            </button>
          </li>
        ))}
      </ul>
      <p className="text-sm text-ash">
        The same on your own page:{' '}
        <Link to="/embed" className="text-indigo underline underline-offset-2">
          two lines of HTML
        </Link>
        , or{' '}
        <Link to="/docs" className="text-indigo underline underline-offset-2">
          a package and an endpoint
        </Link>
        .
      </p>
    </div>
  )
}
