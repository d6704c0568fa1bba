import { useEffect, useState } from 'react'

const paths = [
  '/',
  '/widget/frame.html',
  '/widget/allow.html',
  '/widget.js',
  '/examples/plain.html',
]

const names = [
  'Cross-Origin-Opener-Policy',
  'Cross-Origin-Embedder-Policy',
  'Cross-Origin-Resource-Policy',
  'Content-Security-Policy',
  'Referrer-Policy',
  'X-Content-Type-Options',
]

type Sent = { path: string; lines: string[] }

const deadlineMs = 10_000

/** What this very site answers with: a built one has all of it, one under development no policy. */
export function SiteHeaders() {
  const [sent, setSent] = useState<Sent[] | 'failed' | null>(null)
  useEffect(() => {
    const leaving = new AbortController()
    const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(deadlineMs)])
    Promise.all(paths.map((path) => headersOf(path, signal))).then(setSent, () => {
      if (!leaving.signal.aborted) setSent('failed')
    })
    return () => leaving.abort()
  }, [])
  if (sent === 'failed') return <p className="text-ash">This site does not answer just now.</p>
  return (
    <dl className="grid gap-3 border-t border-thread pt-3">
      {(sent ?? paths.map((path): Sent => ({ path, lines: [] }))).map(({ path, lines }) => (
        <div key={path}>
          <dt className="font-mono text-sm">{path}</dt>
          {sent && lines.length === 0 && (
            <dd className="pl-3 text-xs/5 text-ash">
              None of these here. A built site sends them; one under development does not.
            </dd>
          )}
          {lines.map((line) => (
            <dd key={line} className="pl-3 font-mono text-xs/5 text-ash wrap-anywhere">
              {line}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  )
}

async function headersOf(path: string, signal: AbortSignal): Promise<Sent> {
  const { headers } = await fetch(path, { method: 'HEAD', signal, cache: 'no-store' })
  const lines = names.flatMap((name) => {
    const value = headers.get(name)
    return value ? [`${name}: ${value}`] : []
  })
  return { path, lines }
}
