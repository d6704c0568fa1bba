import { useCell } from '@weft/react'
import { useState } from 'react'
import { weft } from '../money/amounts.ts'
import { keyDigits } from '../money/other-key.ts'
import type { OpenedTab } from '../site/open-site.ts'
import { toData } from '../site/open-site.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Switch } from '../ui/switch.tsx'
import { askApart } from './ask-apart.ts'
import { hostOf, useFrame, useWords } from './frame-context.tsx'
import { isHonestClick } from './sight.ts'
import { useFrameTab } from './use-frame-tab.ts'

/** What is allowed here, how to take it back, and what this device gives. */
export function FrameSettings() {
  const frame = useFrame()
  const words = useWords()
  const permission = useCell(frame.permission)
  const site = useFrameTab()
  if (!permission) return null
  return (
    <main
      aria-label={words.settings}
      className="flex flex-col items-start gap-4 overflow-y-auto p-4"
    >
      <p>{words.may[permission.compute]}</p>
      <Button kind="plain" onClick={frame.forget}>
        {words.forget}
      </Button>
      {site && permission.compute === 'network' && <WhoPays site={site} />}
      {site && permission.compute === 'network' && <Contribute site={site} />}
      <a
        href="/"
        target="_blank"
        rel="noopener"
        className="text-sm text-indigo underline underline-offset-2"
      >
        {words.openWeft}
      </a>
    </main>
  )
}

function WhoPays({ site: { tab } }: { site: OpenedTab }) {
  const frame = useFrame()
  const words = useWords()
  const { by, spendable, error } = useCell(frame.paying.state)
  const [isLooking, setIsLooking] = useState(false)
  const host = hostOf(frame.line.origin)
  const canAsk = frame.isKept && by !== 'wallet'
  const amount = weft(spendable?.capWei ?? 0n)
  const search = new URLSearchParams({ for: tab.purse.address, page: host })
  const said = {
    sponsor: words.paidBy.sponsor(host, amount),
    wallet: words.paidBy.wallet(amount),
    nobody: words.paidBy.nobody,
  }
  return (
    <section className="flex flex-col gap-1 border-t border-thread pt-3">
      <p data-testid="paid-by">{said[by ?? 'nobody']}</p>
      {error && <ErrorNote error={error} words={words.failure} />}
      {canAsk && (
        <a
          href={`/wallet?${search}`}
          target="_blank"
          rel="noopener"
          onClick={() => {
            setIsLooking(true)
            frame.paying.followWallet()
          }}
          className="text-sm text-indigo underline underline-offset-2"
        >
          {words.letWalletPay}
        </a>
      )}
      {canAsk && (
        <p className="text-xs text-ash">
          {words.compareKey}{' '}
          <code className="whitespace-nowrap text-ink">{keyDigits(tab.purse.address)}</code>
        </p>
      )}
      {isLooking && by !== 'wallet' && (
        <p role="status" className="text-sm text-ash">
          {words.lookingForWallet}
        </p>
      )}
    </section>
  )
}

/** On only by a click that the visitor saw, and off when the page goes. */
function Contribute({ site: { tab } }: { site: OpenedTab }) {
  const frame = useFrame()
  const words = useWords()
  const { lang } = useCell(frame.line.config)
  const { phase, sentence } = useCell(tab.node.state)
  const [error, setError] = useState<ReturnType<typeof toData> | null>(null)

  async function begin(): Promise<void> {
    const { modelCid } = await frame.model()
    await tab.node.start({ modelCid, backend: 'auto' }).catch((thrown) => setError(toData(thrown)))
  }

  async function change(isOn: boolean): Promise<void> {
    setError(null)
    if (!isOn) return tab.node.stop()
    if (frame.watch.sight.get() === 'unsure') {
      const question = { about: 'contribute', host: hostOf(frame.line.origin), lang } as const
      const isOpen = askApart(question, (allowed) => void (allowed && begin()))
      if (!isOpen) setError({ code: 'widget/no-window', message: words.noWindow, facts: [] })
    } else if (await isHonestClick(frame.watch)) await begin()
    else setError({ code: 'widget/unseen', message: words.notSeen, facts: [] })
  }

  return (
    <section className="flex flex-col gap-1 border-t border-thread pt-3">
      <Switch label={words.contribute} checked={phase !== 'off'} onChange={change} />
      <p className="text-xs text-ash">{words.contributeNote}</p>
      {phase !== 'off' && (
        <p role="status" lang="en" className="text-sm">
          {sentence}
        </p>
      )}
      {error && <ErrorNote error={error} words={words.failure} />}
    </section>
  )
}
