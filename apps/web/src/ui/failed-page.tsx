import type { WeftErrorData } from '@weft/protocol'
import { Button } from './button.tsx'

type FailedPageProps = { error: WeftErrorData; title?: string }

/** The tab could not be opened, or the page broke: why, and the way out. */
export function FailedPage({
  error,
  title = 'Weft could not start on this page',
}: FailedPageProps) {
  return (
    <main className="mx-auto grid max-w-[66ch] content-center gap-4 p-6">
      <h1 className="text-2xl font-semibold">{title}</h1>
      <p>{error.message}</p>
      {error.facts.map((fact) => (
        <p key={fact} className="text-sm text-ash">
          {fact}
        </p>
      ))}
      <p className="text-sm text-ash">Your conversations are kept in this browser.</p>
      <div>
        <Button kind="main" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    </main>
  )
}
