/**
 * How much of a model this tab takes on: all of it, or one part.
 * @module
 */
import type { ModelEntry, ServeChoice, Tab } from '@weft/sdk'
import { formatBytes } from '../row/summary.ts'

type Nodes = Pick<Tab, 'node' | 'head' | 'layers'>

/** `whole`, or the number of a part. */
export type Share = string
export const wholeShare: Share = 'whole'

export function shareChoices({ parts }: Pick<ModelEntry, 'parts'>): [Share, string][] {
  const choices = parts.map(({ part, firstLayer, layers, allLayers, memoryBytes }) => {
    const [first, last] = [firstLayer + 1, firstLayer + layers]
    const range = first === last ? `Layer ${first}` : `Layers ${first} to ${last}`
    const size = formatBytes(memoryBytes)
    const what = part === 0 ? 'reads prompts and answers' : 'for other tabs'
    return [String(part), `${range} of ${allLayers}, ${what} (${size})`] as [Share, string]
  })
  return [[wholeShare, 'Whole model'], ...choices]
}

/** What runs behind a share, one at a time. */
export function nodeOf(tab: Nodes, share: Share) {
  if (share === wholeShare) return tab.node
  return share === '0' ? tab.head : tab.layers
}

export function startShare(tab: Nodes, share: Share, choice: ServeChoice): Promise<void> {
  if (share === wholeShare) return tab.node.start(choice)
  if (share === '0') return tab.head.start(choice)
  const { modelCid, backend } = choice
  return tab.layers.start({ modelCid, backend, part: Number(share) })
}

/** What this tab serves already, e.g. when a person comes back to this page. */
export function runningShare({ head, layers }: Nodes): Share {
  if (head.state.get().phase !== 'off') return '0'
  const chosen = layers.chosen()
  return chosen ? String(chosen.part) : wholeShare
}
