import { useState } from 'react'
import { Button } from './button.tsx'

const shownMs = 1_500

/** Copies text and says so for a moment. */
export function CopyButton({
  label,
  of,
  text,
}: {
  label: string
  /** Of what, for who does not see beside what it stands. */
  of?: string
  text: () => string | Promise<string>
}) {
  const [said, setSaid] = useState<string | null>(null)
  async function copy() {
    try {
      await navigator.clipboard.writeText(await text())
      setSaid('Copied')
    } catch {
      setSaid('Not allowed here')
    }
    setTimeout(() => setSaid(null), shownMs)
  }
  return (
    <Button kind="quiet" onClick={copy}>
      {said ?? label}
      {of && <span className="sr-only"> {of}</span>}
    </Button>
  )
}
