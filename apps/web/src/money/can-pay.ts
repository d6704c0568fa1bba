/**
 * Whether this site names a network on which anybody can be paid: without one, nothing of money is shown.
 * @module
 */
import { useEffect, useState } from 'react'
import { useSite } from '../site/tab-context.tsx'

/** As `weft.json` has it; whoever pays checks it in full. */
function hasPayingNetwork(networks: unknown): boolean {
  return Array.isArray(networks) && networks.some((each) => Boolean(each?.contracts))
}

/** False until the site's settings are read. */
export function useCanPay(): boolean {
  const { site } = useSite()
  const [canPay, setCanPay] = useState(false)
  useEffect(() => {
    let isShown = true
    site.config.then(
      ({ networks }) => isShown && setCanPay(hasPayingNetwork(networks)),
      () => {}, // The page says that the settings cannot be read.
    )
    return () => {
      isShown = false
    }
  }, [site])
  return canPay
}
