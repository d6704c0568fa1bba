import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useCanPay } from '../money/can-pay.ts'
import { useSite, useSiteState, useTab } from '../site/tab-context.tsx'
import { tabOfPath } from '../site/tab-of-path.ts'
import { FailedPage } from './failed-page.tsx'
import { Logo } from './logo.tsx'
import { NetworkStatusLine } from './network-status-line.tsx'
import { OutdatedNote } from './outdated-note.tsx'

export function Layout() {
  const state = useSiteState()
  const tab = useTab()
  const { open } = useSite().site
  const router = useRouter()
  const tabOfPage = useLocation({ select: ({ pathname }) => tabOfPath(router, pathname) })
  useEffect(() => {
    if (tabOfPage === 'at-once') open()
  }, [tabOfPage, open])
  return (
    <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)]">
      <div>
        <header className="flex flex-wrap items-center gap-x-2 border-b border-thread px-4 max-[400px]:gap-x-1 max-[400px]:px-3 max-[380px]:px-2.5 sm:gap-x-6 sm:px-6">
          <Link
            to="/"
            className="flex items-center gap-2 py-3 font-semibold"
            aria-label="Weft, start page"
          >
            <Logo />
            <span className="max-sm:hidden">Weft</span>
          </Link>
          <Screens />
          <NetworkStatusLine site={state} />
        </header>
        {tab && <OutdatedNote tab={tab} />}
      </div>
      {state.phase === 'failed' && tabOfPage ? <FailedPage error={state.error} /> : <Outlet />}
    </div>
  )
}

/** Where they do not fit, an edge says that there are more; the current one is in sight. */
function Screens() {
  const canPay = useCanPay()
  const { pathname } = useLocation()
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!pathname) return
    const current = nav.current?.querySelector('[aria-current="page"]')
    current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [pathname])
  return (
    <nav
      ref={nav}
      aria-label="Screens"
      className="flex min-w-0 flex-1 overflow-x-auto text-sm scroll-edge [scrollbar-width:none] sm:gap-1"
    >
      <PageLink to="/" name="Playground" />
      <PageLink to="/contribute" name="Contribute" />
      <PageLink to="/verify" name="Verify" />
      <PageLink to="/models" name="Models" />
      {canPay && <PageLink to="/wallet" name="Wallet" />}
      <PageLink to="/docs" name="Docs" />
    </nav>
  )
}

type PagePath = '/' | '/contribute' | '/verify' | '/models' | '/wallet' | '/docs'

function PageLink({ to, name }: { to: PagePath; name: string }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: to !== '/docs', includeSearch: false }}
      className="relative shrink-0 px-2 py-4 text-ash hover:text-ink max-[440px]:px-1 max-[440px]:text-[13px] max-[380px]:px-[2.5px] max-[380px]:text-[12px]"
      activeProps={{
        className:
          'font-medium text-ink after:absolute after:inset-x-1 after:bottom-0 sm:after:inset-x-2 after:h-0.5 after:bg-madder',
      }}
    >
      {name}
    </Link>
  )
}
