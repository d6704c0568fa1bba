import type { NodeState, ServingNode } from '@weft/sdk'
import { useCell } from './use-cell.ts'

export type NodeView = NodeState & Pick<ServingNode, 'start' | 'stop'>

/** What this device does for others, and the switch. @param node - `client.tab.node` */
export function useNode(node: Pick<ServingNode, 'state' | 'start' | 'stop'>): NodeView {
  const { start, stop } = node
  return { ...useCell(node.state), start, stop }
}
