/**
 * Whether anybody could take a ticket's money, before the ticket is gone.
 * @module
 */
import type { Hex } from '@weft/protocol'
import type { Tab } from '@weft/sdk'
import { readPreference } from '../site/preferences.ts'

type Registry = { isRegistered(key: Hex): Promise<boolean> }

/**
 * @param payees - live tabs that ask for money
 * @returns why a ticket pays nobody now, null where it pays somebody
 * @throws what the registry throws
 */
export async function whyNoneIsPaid(payees: readonly Hex[], registry: Registry) {
  if (payees.length === 0) {
    return 'No live tab asks for money just now: free tabs answer without a ticket. Press again to spend one all the same.'
  }
  const answers = await Promise.all(payees.map((payee) => registry.isRegistered(payee)))
  if (answers.includes(true)) return null
  const who =
    payees.length === 1
      ? 'The one live paid tab is'
      : `None of the ${payees.length} live paid tabs is`
  const not = payees.length === 1 ? 'not registered' : 'registered'
  return `${who} ${not}, and a ticket pays registered tabs only. Press again to spend one all the same.`
}

/** Of the model that is chosen for answers here, or of all where none is. */
export async function whyNobodyTakesIt(
  { models, purse }: Pick<Tab, 'models' | 'purse'>,
  openRegistry: () => Promise<Registry>,
): Promise<string | null> {
  await models.refreshLiveNodes({ signal: AbortSignal.timeout(lookForMs) })
  const list = models.list.get()
  const chosen = list.find(({ modelCid }) => modelCid === readPreference('modelCid'))
  const payees = new Set((chosen ? [chosen] : list).flatMap((entry) => entry.payees))
  payees.delete(purse.address)
  return whyNoneIsPaid([...payees].slice(0, mostAsked), await openRegistry())
}

const lookForMs = 5_000
/** A public RPC server shuts out who asks for more at once. */
const mostAsked = 32
