/**
 * What went wrong, what it cost, and what to do, by the error's code.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'
import { weft } from '../money/amounts.ts'
import { elsewhere, type Remedy, type Words, wordsByCode } from './words-by-code.ts'

export type { Remedy } from './words-by-code.ts'

export type ErrorWords = {
  title: string
  /** The error's own words where they say more than the title. */
  detail: string | null
  /** What the person can do, in one sentence. */
  advice: string
  remedies: Remedy[]
}

/** What a failed answer has cost: what had arrived of it. @param wei - owed so far */
export function costSentence(wei: bigint): string {
  return wei === 0n
    ? 'Nothing was charged.'
    : `What had arrived cost ${weft(wei)}; nothing else was charged.`
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
  'sdk/too-dear',
  'sdk/only-false',
  'sdk/none-registered',
  'sdk/busy',
  'network/offline',
  'protocol/empty-prompt',
  'protocol/too-large',
  'engine/prompt-too-long',
  'storage/model-in-use',
  'payments/over-cap',
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

/** The same where the model does not run on this device, so that this is no way out. */
export function withoutThisDevice(words: ErrorWords): ErrorWords {
  if (!words.remedies.includes('local')) return words
  return {
    ...words,
    advice: 'This device cannot run it. Try again later, or choose a model that runs here.',
    remedies: words.remedies.filter((remedy) => remedy !== 'local'),
  }
}

const loopback = /^\/(ip4\/127\.|ip6\/::1\/|dns[46]?\/localhost\/)/

/** The same where every relay is on this machine, so that no firewall is between two tabs of it. */
export function onThisMachine(
  words: ErrorWords,
  { code }: Pick<WeftErrorData, 'code'>,
  relays: readonly string[],
): ErrorWords {
  const isLocal = relays.length > 0 && relays.every((address) => loopback.test(address))
  if (code !== 'network/unreachable' || !isLocal) return words
  return {
    ...words,
    advice:
      'The relay is on this machine, and browsers connect tabs only where it has a network: let this device answer, or join a network and try again.',
  }
}
