import type { Purse } from '@weft/sdk'
import { useCell } from './use-cell.ts'

/**
 * What this tab may spend of a channel and has promised, and what it has earned, both in wei and null while there is
 * nothing to spend or no chain to earn on.
 * @param purse - `client.tab.purse`
 */
export function useChannel({ spending, earnings }: Pick<Purse, 'spending' | 'earnings'>) {
  return { spending: useCell(spending), earnings: useCell(earnings) }
}
