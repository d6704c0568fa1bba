import { Link, Outlet } from '@tanstack/react-router'
import { useCanPay } from '../money/can-pay.ts'
import { useSiteState, useTab } from '../site/tab-context.tsx'
import { FailedPage } from './failed-page.tsx'
import { Logo } from './logo.tsx'
import { NetworkStatusLine } from './network-status-line.tsx'
import { OutdatedNote } from './outdated-note.tsx'

export function Layout() {
  const state = useSiteState()
  const tab = useTab()
  const canPay = useCanPay()
  return (
    <div className="grid h-dvh grid-rows-[auto_minmax(0,1fr)]">
      <div>
        <header className="flex flex-wrap items-center gap-x-2 border-b border-thread px-4 max-[400px]:gap-x-1 max-[400px]:px-3 sm:gap-x-6 sm:px-6">
          <Link
            to="/"
            className="flex items-center gap-2 py-3 font-semibold"
            aria-label="Weft, start page"
          >
            <Logo />
            <span className="max-sm:hidden">Weft</span>
          </Link>
          <nav aria-label="Screens" className="flex text-sm sm:gap-1">
            <PageLink to="/" name="Playground" />
            <PageLink to="/contribute" name="Contribute" />
            <PageLink to="/verify" name="Verify" />
            <PageLink to="/models" name="Models" />
            {canPay && <PageLink to="/wallet" name="Wallet" />}
            {/* Five fit on a phone; the playground leads there as well. */}
            <span className={canPay ? 'contents max-[400px]:hidden' : 'contents'}>
              <PageLink to="/docs" name="Docs" />
            </span>
          </nav>
          <NetworkStatusLine network={tab?.network ?? null} />
        </header>
        {tab && <OutdatedNote tab={tab} />}
      </div>
      {state.phase === 'failed' ? <FailedPage error={state.error} /> : <Outlet />}
    </div>
  )
}

type PagePath = '/' | '/contribute' | '/verify' | '/models' | '/wallet' | '/docs'

function PageLink({ to, name }: { to: PagePath; name: string }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: to !== '/docs', includeSearch: false }}
      className="relative px-2 py-4 text-ash hover:text-ink max-[400px]:px-1 max-[400px]:text-[13px]"
      activeProps={{
        className:
          'font-medium text-ink after:absolute after:inset-x-1.5 after:-bottom-px sm:after:inset-x-2 after:h-0.5 after:bg-madder',
      }}
    >
      {name}
    </Link>
  )
}
