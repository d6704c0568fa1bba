import type { NetworkStatus, Tab } from '@weft/sdk'
import { useCell } from './use-cell.ts'

/** Which relays are there, and why not. @param tab - `client.tab` */
export function useNetwork(tab: Pick<Tab, 'network'>): NetworkStatus {
  return useCell(tab.network)
}
