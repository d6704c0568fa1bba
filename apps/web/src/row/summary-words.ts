/**
 * The words of the line under an answer, and what another language has to say for it.
 * @module
 */
import type { Summary } from './summary.ts'

/** Numbers come as English writes them: `1,234.5`. */
export type SummaryWords = {
  thisDevice: string
  peers(count: number): string
  speed(tokensPerSecond: string): string
  first(seconds: string): string
  ends: Record<Summary['finish'], string>
  cost(amount: string): string
  free: string
  signed: string
  partlySigned: string
  notSigned: string
  arriving: string
  signedWaiting: string
  doubtful: string
  doubtfulWaiting: string
  checkedHere: string
  /** @param token - from 1 */
  differs(token: number): string
  part(token: number): string
  same(tabs: number): string
  passedBy(tabs: number): string
  failedBy(tabs: number): string
}

const tabsWords = (tabs: number) => (tabs === 1 ? 'another tab' : `${tabs} tabs`)

export const englishSummary: SummaryWords = {
  thisDevice: 'this device',
  peers: (count) => (count === 1 ? '1 peer' : `${count} peers`),
  speed: (rate) => `${rate} tok/s`,
  first: (seconds) => `${seconds} to first token`,
  ends: {
    '': '',
    stop: '',
    length: 'length limit reached',
    cancelled: 'stopped',
    failed: 'cut off',
    interrupted: 'interrupted',
  },
  cost: (amount) => amount,
  free: 'free',
  signed: 'signed',
  partlySigned: 'partly signed',
  notSigned: 'not signed',
  arriving: 'arriving',
  signedWaiting: 'signed, being checked',
  doubtful: 'doubtful by a check',
  doubtfulWaiting: 'doubtful, being checked',
  checkedHere: 'checked on this device',
  differs: (token) => `differs at token ${token}`,
  part: (token) => `tabs part at token ${token}`,
  same: (tabs) => `the same from ${tabs} tabs`,
  passedBy: (tabs) => `checked by ${tabsWords(tabs)}`,
  failedBy: (tabs) => `false by ${tabsWords(tabs)}`,
}
