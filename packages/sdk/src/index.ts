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
export type { GraphTensor } from '@weft/engine/run-graph'
export type { NetworkStatus, RelayStatus } from '@weft/network'
export type { PlannedRedemption, Spending } from '@weft/payments'
export type {
  AnswerPlace,
  AnswerRecord,
  CachedModel,
  CheckRecord,
  Conversation,
  ConversationSummary,
  Giver,
  Grade,
  Handover,
  ImportReport,
  NodeBill,
  Opinion,
  QuorumRecord,
  RecheckRecord,
  StorageSpace,
  Turn,
  UploadLimits,
  Witness,
} from '@weft/storage'
export { foldAnswer } from './answer.ts'
export type { CatalogueProblem, CuratedModel, CuratedVariant } from './catalogue.ts'
export type { Cell } from './cell.ts'
export { type Chat, type ChatInit, type ChatMessage, type ChatState, createChat } from './chat.ts'
export type * from './checking/court-state.ts'
export type { CourtView } from './checking/court-view.ts'
export type * from './checking/verifier-state.ts'
export {
  type ClientInit,
  clientOf,
  createClient,
  type PrepareOptions,
  type Transcription,
  type TranscriptionOptions,
  type WeftClient,
} from './client.ts'
export { createNode, type NodeInit, type NodeRoles, type WeftNode } from './contributor.ts'
export type { TabCredits } from './credits/tab-credits.ts'
export * from './fits-device.ts'
export { openTab } from './lazy-tab.ts'
export type { WeftAnswer } from './openai/answer-stream.ts'
export type { AnswerChoice, RequestOptions } from './openai/answers.ts'
export { type ApiError, type ApiErrorType, ParameterError, toApiError } from './openai/api-error.ts'
export type { ApiStream } from './openai/api-stream.ts'
export type { ChatCompletions } from './openai/chat-completions.ts'
export type { ChatCompletionParams } from './openai/chat-params.ts'
export type { ChatCompletion, ChatCompletionChunk } from './openai/chat-types.ts'
export type {
  Completion,
  CompletionChunk,
  CompletionParams,
  Completions,
} from './openai/completions.ts'
export type { OpenAiDoors } from './openai/doors.ts'
export type { EmbeddingDoor, EmbeddingParams, EmbeddingResponse } from './openai/embeddings.ts'
export type { ApiModel, ModelList } from './openai/model-list.ts'
export type { Hours } from './pausing/hours.ts'
export type { PageRest } from './pausing/page-rest.ts'
export { type Pause, type PausePolicy, parsePolicy } from './pausing/pause-policy.ts'
export type {
  ProofOffer,
  ProofQuestion,
  ProofsState,
  TabProofs,
} from './proved/tab-proofs.ts'
export type { Funding, GrantedFunds, Purse, WorthRedeeming } from './purse.ts'
export { readDevice } from './read-device.ts'
export { readSite, type SiteAddresses } from './read-site.ts'
export { fromShared, toShared } from './share.ts'
export type * from './tab.ts'
