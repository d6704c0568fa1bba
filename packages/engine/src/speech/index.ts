/**
 * Speech to text.
 * @module
 */
export {
  openTranscriber,
  type SpeechSegment,
  type TranscribeOptions,
  type Transcriber,
} from './transcriber.ts'
