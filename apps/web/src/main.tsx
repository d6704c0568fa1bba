import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createSession } from './chat/session.ts'
import { createMoney } from './money/money.ts'
import { router } from './router.tsx'
import { createSite } from './site/open-site.ts'
import { readPreference } from './site/preferences.ts'
import { serveAgain } from './site/serve-again.ts'
import { SiteContext } from './site/tab-context.tsx'
import { verifyAgain } from './verify/verify-again.ts'
import { createLazyWallet } from './wallet/lazy-wallet.ts'
import './theme.css'
import './answer.css'
import './row/row.css'

const site = createSite()
const wallet = createLazyWallet(() => site.config)
const money = createMoney({ opened: site.opened, wallet })
const session = createSession({ opened: site.opened, restored: money.restored })
site.opened.then((opened) => serveAgain(opened, money)).catch(() => {}) // Both say on the page what failed.
site.opened.then(verifyAgain).catch(() => {}) // Verify says what failed.
// Cases go on where they were left.
if (readPreference('hasCourt')) site.opened.then(() => money.judge()).catch(() => {}) // Verify says why.
session.listHistory().catch(() => {}) // A tab that cannot open says so on the page.

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <SiteContext value={{ site, session, wallet, money }}>
        <RouterProvider router={router} />
      </SiteContext>
    </StrictMode>,
  )
}
