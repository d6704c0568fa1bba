/**
 * An accused tab defends itself.
 * @module
 */
import type { Accusation } from './court-state.ts'
import type { CourtView } from './court-view.ts'

/**
 * Against a panel that was drawn badly the larger one is called at once, whoever sits before this tab: an honest
 * node gets its stake back, and one that has cheated loses little more than it has lost already.
 * @throws what the last appeal that failed has thrown; the others are made all the same
 */
export async function defend(
  send: Pick<CourtView['send'], 'defend'>,
  accusations: readonly Accusation[],
): Promise<void> {
  let problem: unknown
  for (const { id, stage, endsAtMs } of accusations) {
    if (stage !== 'accused' || Date.now() >= endsAtMs) continue
    await send.defend(id).catch((error: unknown) => {
      problem = error
    })
  }
  if (problem) throw problem
}
