import type { ReactNode } from 'react'

type PageProps = {
  title: string
  /** What it is for, in a sentence or two. */
  sentence: string
  children: ReactNode
}

/** The frame of every screen but the Playground: one column that scrolls by itself. */
export function Page({ title, sentence, children }: PageProps) {
  return (
    <main className="relative overflow-y-auto px-4 sm:px-6">
      <title>{`${title} · Weft`}</title>
      <div className="mx-auto grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-10 py-8">
        <div>
          <h1 className="text-2xl font-semibold">{title}</h1>
          <p className="mt-1 max-w-[66ch] text-ash">{sentence}</p>
        </div>
        {children}
      </div>
    </main>
  )
}

/** In place of what needs the tab. */
export function OpeningLine() {
  return <p className="text-ash">Opening Weft in this tab.</p>
}
