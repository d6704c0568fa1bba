/**
 * The only place where the rooms meet.
 * @module
 */
export type {
  BackendChoice,
  LoadResult,
  LoadStage,
  SelfTestReport,
  SpeedReport,
} from '@weft/engine'
export type { NetworkStatus, RelayStatus } from '@weft/network'
export type {
  AnswerRecord,
  Conversation,
  ConversationSummary,
  RecheckRecord,
  Turn,
} from '@weft/storage'
export { foldAnswer } from './answer.ts'
export type { Cell } from './cell.ts'
export { openTab } from './open-tab.ts'
export type * from './tab.ts'
