/**
 * What a gateway needs of a client of Weft: its doors in OpenAI's shape.
 * @module
 */
import type { OpenAiDoors } from '@weft/sdk'

export type Upstream = Pick<OpenAiDoors, 'chat' | 'completions' | 'embeddings' | 'models'>
