/**
 * All ways of cheating about money that are tried, those first that do not move the chain's clock.
 * @module
 */
import type { HostileCase } from './hostile-case.ts'
import { nodeCases } from './node-cases.ts'
import { payerCases } from './payer-cases.ts'

export { openMoneyStage, seeded } from './money-stage.ts'

const movesClock = /withdraws before|last moment/
export const hostileCases: HostileCase[] = [...payerCases, ...nodeCases].toSorted(
  (a, b) => Number(movesClock.test(a.what)) - Number(movesClock.test(b.what)),
)
