/**
 * What a page has of the tab, known from its path before the page's own script has come.
 * @module
 */
import type { AnyRouter, StaticDataRouteOption } from '@tanstack/react-router'

/** @returns as the route says; undefined for what is read without a tab, as an unknown path is */
export function tabOfPath(
  { getMatchedRoutes }: Pick<AnyRouter, 'getMatchedRoutes'>,
  pathname: string,
): StaticDataRouteOption['tab'] {
  const [, params, route] = getMatchedRoutes(pathname)
  // The rest of a path that no route takes.
  const isWhole = params['**'] === undefined
  return isWhole ? route?.options.staticData?.tab : undefined
}
