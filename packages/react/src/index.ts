/**
 * Weft for React: what the SDK tells, as hooks. No logic lives here, and no script of the SDK is loaded by it.
 * @module
 */
export { useCell } from './use-cell.ts'
export { useChannel } from './use-channel.ts'
export { type ChatView, useChat } from './use-chat.ts'
export { useNetwork } from './use-network.ts'
export { type NodeView, useNode } from './use-node.ts'
