/**
 * Private credits in plain words.
 * @module
 */
import { costWei, type Price } from '@weft/protocol'
import { weft } from '../money/amounts.ts'
import { isFree } from '../money/price-words.ts'
import { count } from '../row/summary.ts'

/** What a page may take for a usual answer: a short question and a few paragraphs. */
const usual = { inputTokens: 200, outputTokens: 400 }

/** How many usual answers an amount makes at a price; as far as anybody can say before they are asked. */
export function answersWords(wei: bigint, price: Price | null): string {
  if (!price || isFree(price)) return 'Set “Pay at most” in the playground to see how many answers.'
  const each = costWei(price, usual)
  const answers = each === 0n ? 0n : wei / each
  if (answers === 0n) return 'Less than one answer at what you pay at most.'
  const rounded =
    answers < 100n ? answers : answers - (answers % 10n ** BigInt(`${answers}`.length - 2))
  return `About ${rounded.toLocaleString('en')} answers of ${usual.outputTokens} tokens at what you pay at most.`
}

/** How well a buyer hides. @param members - who have bought this denomination, this buyer among them */
export function setWords(members: number): string {
  if (members === 0) return 'Nobody has bought these yet: you would be the only one.'
  if (members === 1) return 'One has bought these. If that is you, whoever spends one is you.'
  const few = members < 20 ? ' That is few.' : ''
  return `${count(members, 'purchase')} so far: a ticket that is spent is one of theirs.${few}`
}

export function leftWords(left: number, all: number, valueWei: bigint): string {
  return `${left} of ${count(all, 'ticket')} of ${weft(valueWei)} left`
}

export const whatLinks = [
  'Your IP address. Tabs that answer you, relays and the server that reads the chain see it, whoever pays.',
  'Time. Buying and spending within minutes, alone, says that it was you. Wait, and let others buy.',
  'How many have bought. You hide among them and nowhere else.',
  'What you write. Tabs read the prompts that they answer.',
] as const
