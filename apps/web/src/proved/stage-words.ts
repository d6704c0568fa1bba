/**
 * How far a proof is, in words.
 * @module
 */
import type { ProveStage } from '@weft/sdk/proved'

export const stageWords: Record<ProveStage, string> = {
  fetching: 'Fetching the key: 15 MB, once.',
  computing: 'Computing what is to be proved.',
  proving: 'Proving. It takes a few seconds.',
}
