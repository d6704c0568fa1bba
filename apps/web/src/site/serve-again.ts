/**
 * Serve was on when the page was left, and the person wished that it comes back by itself.
 * @module
 */
import { parseJobs } from '../contribute/jobs-at-once.ts'
import { chatModels } from '../models/model-names.ts'
import type { Money } from '../money/money.ts'
import { isFree, parsePrice } from '../money/price-words.ts'
import { checkToo } from '../verify/check-too.ts'
import type { OpenedTab } from './open-site.ts'
import { readPreference } from './preferences.ts'
import { backendHere } from './prepare-here.ts'

/**
 * In one tab of this browser at most, and for nothing only where nothing was asked. Rejects with what the node's
 * sentence says, or why it cannot be paid.
 */
export async function serveAgain(opened: OpenedTab, money: Pick<Money, 'earn'>): Promise<void> {
  const { node, head, layers, models } = opened.tab
  if (!readPreference('served') || !readPreference('servesAgain')) return
  const list = chatModels(models.list.get())
  const wanted = readPreference('servedModelCid')
  const model = list.find(({ modelCid }) => modelCid === wanted) ?? list[0]
  if (!model || !(await node.mayServeAgain())) return
  const backend = await backendHere(opened, model)
  const { price } = parsePrice(readPreference('priceAsked'))
  const isPaid = price !== null && !isFree(price)
  if (isPaid) await money.earn()
  // The person may have been quicker.
  if ([node, head, layers].some(({ state }) => state.get().phase !== 'off')) return
  const maxJobs = parseJobs(readPreference('jobsAtOnce'))
  await node.start({
    modelCid: model.modelCid,
    backend,
    ...(maxJobs === null ? {} : { maxJobs }),
    ...(isPaid ? { price } : {}),
  })
  await checkToo(opened.tab, model, backend)
}
