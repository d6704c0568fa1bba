/**
 * Of the SDK, what the site uses from the beginning. By name: what a namespace has is loaded whole.
 * @module
 */
export { fitsDevice, foldAnswer, parsePolicy, readDevice } from '@weft/sdk'
export { openTab } from '@weft/sdk/tab'
export { mostInputTokens } from '../chat/most-input-tokens.ts'
export { parseSettings } from '../chat/parse-settings.ts'
