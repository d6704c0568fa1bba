/**
 * What went wrong, what it cost, and what to do, by the error's code.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'

/** `edit` takes the prompt back to be written anew. */
export type Remedy = 'retry' | 'local' | 'edit'

export type ErrorWords = {
  title: string
  /** The error's own words where they say more than the title. */
  detail: string | null
  /** What the person can do, in one sentence. */
  advice: string
  remedies: Remedy[]
}

/** The one that goes for all of them in this release. */
export const costSentence = 'Nothing was charged.'

type Words = { title?: string; advice: string; remedies: Remedy[] }

const elsewhere: Remedy[] = ['local', 'retry']

/** Without a title the error's own message is the title. */
const wordsByCode: Record<string, Words> = {
  'sdk/no-nodes': {
    advice: 'This device can answer by itself.',
    remedies: elsewhere,
  },
  'network/offline': {
    title: 'No relay can be reached, so no other tab can be found.',
    advice: 'It keeps trying by itself. Until then this device can answer.',
    remedies: elsewhere,
  },
  'network/node-lost': {
    advice: 'What arrived is kept above. Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'network/stalled': {
    title: 'The node has stopped sending, so the connection to it was closed.',
    advice: 'What arrived is kept above. Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'network/refused': {
    advice: 'Another node may take it, or this device can answer.',
    remedies: elsewhere,
  },
  'network/unreachable': {
    title: 'No node could be reached directly.',
    advice: 'A firewall may be in between. This device can answer by itself.',
    remedies: elsewhere,
  },
  'network/timeout': {
    title: 'No node answered in time.',
    advice: 'Try again, or let this device answer.',
    remedies: elsewhere,
  },
  'network/node-failed': {
    advice: 'Another node may do better, or this device can answer.',
    remedies: elsewhere,
  },
  'protocol/receipt': {
    title: 'The receipt does not fit what arrived, so do not trust this answer.',
    advice: 'Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'protocol/signature': {
    title: 'A signature of this answer is false, so do not trust it.',
    advice: 'Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'protocol/quote': {
    advice: 'Ask again, or let this device answer.',
    remedies: elsewhere,
  },
  'engine/prompt-too-long': { advice: 'No token was computed.', remedies: ['edit'] },
  'protocol/too-large': { advice: 'No token was computed.', remedies: ['edit'] },
  'protocol/empty-prompt': { advice: 'Write something first.', remedies: [] },
  'storage/wrong-hash': {
    advice: 'It was not used. Try again: the file is fetched anew.',
    remedies: ['retry'],
  },
  'storage/download': {
    advice: 'Check the connection and try again: what has arrived is kept.',
    remedies: ['retry'],
  },
  'engine/out-of-memory': {
    advice: 'Close other tabs and try again, or choose a smaller model.',
    remedies: ['retry'],
  },
  'engine/self-test': {
    advice: 'This device computes it wrongly with this backend, so it does not answer.',
    remedies: ['retry'],
  },
  'engine/no-webgpu': {
    advice: 'Choose Automatic or CPU as the backend.',
    remedies: ['retry'],
  },
  'engine/device-lost': {
    advice: 'Try again: the engine starts anew.',
    remedies: ['retry'],
  },
  'engine/crashed': {
    advice: 'Try again: the engine starts anew.',
    remedies: ['retry'],
  },
  'web/stopped-early': { advice: 'Try again when you like.', remedies: ['retry'] },
}

const otherwise: Words = { advice: 'Try again.', remedies: ['retry'] }

/** Whatever else goes wrong between two tabs, one tab alone can do without. */
const between: Words = { advice: 'Try again, or let this device answer.', remedies: elsewhere }

function wordsFor(code: string): Words {
  return wordsByCode[code] ?? (/^(network|protocol)\//.test(code) ? between : otherwise)
}

/** The words of these only repeat what the page says better. */
const spokenFor = [
  'sdk/no-nodes',
  'network/offline',
  'protocol/empty-prompt',
  'protocol/too-large',
  'engine/prompt-too-long',
]

export function errorWords({ code, message, facts }: WeftErrorData): ErrorWords {
  const words = wordsFor(code)
  const detail = [words.title ? message : '', facts.join(' · ')].filter(Boolean).join(' ')
  return {
    title: words.title ?? message,
    detail: spokenFor.includes(code) || detail === '' ? null : detail,
    advice: words.advice,
    remedies: words.remedies,
  }
}
