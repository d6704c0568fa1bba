/**
 * The screens. All but the first load when they are opened. A route says what it has of the tab: `at-once` opens it
 * with the page, `at-asking` when somebody begins to ask; the others, and an unknown path, are read without.
 * @module
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { PlaygroundPage } from './playground/playground-page.tsx'
import { toData } from './site/open-site.ts'
import { FailedPage } from './ui/failed-page.tsx'
import { Layout } from './ui/layout.tsx'
import { loadPart } from './ui/load-part.ts'
import { NotFoundPage } from './ui/not-found-page.tsx'

const rootRoute = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage })

const playgroundRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  staticData: { tab: 'at-asking' },
  component: PlaygroundPage,
})

const contributeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contribute',
  staticData: { tab: 'at-once' },
  component: lazyRouteComponent(
    () => loadPart(() => import('./contribute/contribute-page.tsx')),
    'ContributePage',
  ),
})

const verifyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/verify',
  staticData: { tab: 'at-once' },
  component: lazyRouteComponent(
    () => loadPart(() => import('./verify/verify-page.tsx')),
    'VerifyPage',
  ),
})

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models',
  staticData: { tab: 'at-once' },
  component: lazyRouteComponent(
    () => loadPart(() => import('./models/models-page.tsx')),
    'ModelsPage',
  ),
})

const provedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models/proved',
  staticData: { tab: 'at-once' },
  component: lazyRouteComponent(
    () => loadPart(() => import('./proved/proved-page.tsx')),
    'ProvedPage',
  ),
})

const walletRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wallet',
  staticData: { tab: 'at-once' },
  component: lazyRouteComponent(
    () => loadPart(() => import('./money/wallet-page.tsx')),
    'WalletPage',
  ),
})

const embedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/embed',
  component: lazyRouteComponent(
    () => loadPart(() => import('./embed/embed-page.tsx')),
    'EmbedPage',
  ),
})

const docsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/docs',
  component: lazyRouteComponent(
    () => loadPart(() => import('./docs/quick-starts.tsx')),
    'QuickStarts',
  ),
})

const referenceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/docs/reference',
  component: lazyRouteComponent(
    () => loadPart(() => import('./docs/reference-page.tsx')),
    'ReferencePage',
  ),
})

const errorsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/docs/errors',
  component: lazyRouteComponent(
    () => loadPart(() => import('./docs/errors-page.tsx')),
    'ErrorsPage',
  ),
})

const trustRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/docs/trust',
  component: lazyRouteComponent(() => loadPart(() => import('./docs/trust-page.tsx')), 'TrustPage'),
})

const hostingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/docs/hosting',
  component: lazyRouteComponent(
    () => loadPart(() => import('./docs/hosting-page.tsx')),
    'HostingPage',
  ),
})

const sharedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/shared',
  staticData: { tab: 'at-once' },
  component: lazyRouteComponent(
    () => loadPart(() => import('./shared/shared-page.tsx')),
    'SharedPage',
  ),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    playgroundRoute,
    contributeRoute,
    verifyRoute,
    modelsRoute,
    provedRoute,
    walletRoute,
    embedRoute,
    docsRoute,
    referenceRoute,
    errorsRoute,
    trustRoute,
    hostingRoute,
    sharedRoute,
  ]),
  defaultPreload: false,
  defaultErrorComponent: ({ error }) => (
    <FailedPage title="This page has stopped" error={toData(error)} />
  ),
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    tab?: 'at-once' | 'at-asking'
  }
}
