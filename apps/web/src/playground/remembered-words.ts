/**
 * What is kept of other tabs, in one sentence.
 * @module
 */
import { count } from '../row/summary.ts'

export function rememberedSentence(tabs: number): string {
  if (tabs === 0) return 'This browser remembers nothing of other tabs.'
  return `This browser remembers of ${count(tabs, 'tab')} how fast they were and whether they failed.`
}
