/**
 * Four screens.
 * @module
 */
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { ContributePage } from './contribute/contribute-page.tsx'
import { ModelsPage } from './models/models-page.tsx'
import { WalletPage } from './money/wallet-page.tsx'
import { PlaygroundPage } from './playground/playground-page.tsx'
import { toData } from './site/open-site.ts'
import { FailedPage } from './ui/failed-page.tsx'
import { Layout } from './ui/layout.tsx'
import { NotFoundPage } from './ui/not-found-page.tsx'

const rootRoute = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage })

const playgroundRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: PlaygroundPage,
})

const contributeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/contribute',
  component: ContributePage,
})

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models',
  component: ModelsPage,
})

const walletRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wallet',
  component: WalletPage,
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([playgroundRoute, contributeRoute, modelsRoute, walletRoute]),
  defaultPreload: false,
  defaultErrorComponent: ({ error }) => (
    <FailedPage title="This page has stopped" error={toData(error)} />
  ),
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
