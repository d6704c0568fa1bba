/**
 * What an answer is called in OpenAI's words. It hashes, so it comes with the first request.
 * @module
 */
import { bytesToHex, type Job, jobId } from '@weft/protocol'

/** @returns 24 hex digits of the job's id */
export function answerId(job: Job): string {
  return bytesToHex(jobId(job)).slice(0, 24)
}
