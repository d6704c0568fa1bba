/**
 * A receipt as lines for people, and as JSON for machines.
 * @module
 */
import { bytesToHex, packReceipt } from '@weft/protocol'
import type { AnswerRecord, ModelEntry } from '@weft/sdk'
import { exactWeft } from '../money/amounts.ts'
import { billsOf, billWei } from '../money/bill.ts'
import { priceWords } from '../money/price-words.ts'
import { count, formatRate, formatSeconds, shortPeerId, summarize } from '../row/summary.ts'
import { handoverSentence } from './handover-words.ts'
import { samplingFacts } from './sampling-facts.ts'

export type Fact = {
  name: string
  value: string
  /** Set in mono, whole, with a button to copy it. */
  id?: true
}

export type FactGroup = { title: string; facts: Fact[] }

const backendNames = { webgpu: 'WebGPU', wasm: 'CPU (WebAssembly)', 'node-cpu': 'CPU (Node)' }

const finishWords = {
  stop: 'The model ended',
  length: 'The length limit was reached',
  cancelled: 'Stopped by you',
}

export function receiptFacts(answer: AnswerRecord, model: ModelEntry | undefined): FactGroup[] {
  return [who(answer, model), how(answer), bill(answer), proof(answer)]
    .map(({ title, facts }) => ({
      title,
      facts: facts.filter(({ value }) => value !== ''),
    }))
    .filter(({ facts }) => facts.length > 0)
}

function who(answer: AnswerRecord, model: ModelEntry | undefined): FactGroup {
  const { where, segments, handovers, receipt, quote } = answer
  const engine = receipt?.engine ?? quote?.engine
  const peers = [...new Set(segments.map(({ peerId }) => peerId))]
  const witnesses = (answer.quorum?.witnesses ?? []).flatMap((witness) =>
    witness.answer.segments.map(({ peerId }) => peerId),
  )
  const name = where === 'local' ? 'This device' : 'Peer'
  return {
    title: 'Who answered',
    facts: [
      ...peers.map((value): Fact => ({ name, value, id: true })),
      ...witnesses.map((value): Fact => ({ name: 'At the same time', value, id: true })),
      ...handovers.map(
        (handover): Fact => ({ name: 'Handover', value: handoverSentence(handover) }),
      ),
      { name: 'Device', value: engine?.device ?? '' },
      { name: 'Engine', value: engine ? `${engine.runtime}, ${backendNames[engine.backend]}` : '' },
      { name: 'Model', value: model ? `${model.manifest.name} (${model.manifest.dtype})` : '' },
    ],
  }
}

function how(answer: AnswerRecord): FactGroup {
  const { job, receipt, quote, finishReason, where } = answer
  const { tokens, firstTokenMs, tokensPerSecond } = summarize(answer, false)
  const signedRate = signedRateOf(answer)
  const inputTokens = receipt?.inputTokens ?? quote?.inputTokens
  return {
    title: 'What it took',
    facts: [
      { name: 'Tokens in', value: inputTokens === undefined ? '' : count(inputTokens, 'token') },
      { name: 'Tokens out', value: count(tokens, 'token') },
      { name: 'First token', value: firstTokenMs === null ? '' : formatSeconds(firstTokenMs) },
      { name: 'Speed, as signed', value: rateWords(signedRate) },
      // Nobody has measured here how an answer of somebody else arrived.
      {
        name: 'Speed, as it arrived',
        value: where === 'network' && firstTokenMs === null ? '' : rateWords(tokensPerSecond),
      },
      { name: 'Longest answer', value: count(job.maxTokens, 'token') },
      { name: 'End', value: finishReason ? finishWords[finishReason] : 'It did not end' },
      { name: 'Price', value: where === 'network' && billWei(answer) === 0n ? 'Free' : '' },
    ],
  }
}

/** The tab's own figure, the same for whoever holds the receipt; null where it has not made the whole answer. */
function signedRateOf(answer: AnswerRecord): number | null {
  const { receipt } = answer
  if (receipt?.firstToken !== 0) return null
  return summarize({ ...answer, decodeMs: receipt.decodeMs }, false).tokensPerSecond
}

function rateWords(tokensPerSecond: number | null): string {
  return tokensPerSecond === null ? '' : `${formatRate(tokensPerSecond)} tok/s`
}

/** Nothing where nothing was paid. A node that answered for nothing stands beside one that did not. */
function bill(answer: AnswerRecord): FactGroup {
  const bills = billsOf(answer)
  const totalWei = billWei(answer)
  if (totalWei === 0n) return { title: '', facts: [] }
  return {
    title: 'Bill',
    facts: [
      ...bills.map((each): Fact => ({ name: shortPeerId(each.peerId), value: billLine(each) })),
      { name: 'Together', value: exactWeft(totalWei) },
    ],
  }
}

/** e.g. `12 tokens in, 84 tokens out, at 0.50 WEFT for a million tokens in, 1.50 out: 0.000132 WEFT` */
function billLine(each: AnswerRecord['bills'][number]): string {
  const tokens = `${count(each.inputTokens, 'token')} in, ${count(each.outputTokens, 'token')} out`
  return `${tokens}, at ${priceWords(each.price)}: ${exactWeft(each.costWei)}`
}

function proof({ job, nonce, receipt, quote, fingerprints }: AnswerRecord): FactGroup {
  return {
    title: 'Seed and hashes',
    facts: [
      { name: 'Job', value: hex(receipt?.jobId ?? quote?.jobId), id: true },
      { name: 'Nonce', value: hex(nonce), id: true },
      { name: 'Model', value: job.modelCid, id: true },
      ...samplingFacts(job),
      { name: 'Sampler', value: hex(receipt?.samplerHash), id: true },
      { name: 'Tokenizer', value: hex(receipt?.tokenizerHash), id: true },
      { name: 'Last token link', value: hex(receipt?.tokenChain.at(-1)), id: true },
      {
        name: 'Fingerprints',
        value: fingerprints.length > 0 ? `${fingerprints.length}, one every 32 tokens` : '',
      },
      { name: 'Text', value: hex(receipt?.textHash), id: true },
    ],
  }
}

function hex(bytes: Uint8Array | null | undefined): string {
  return bytes ? bytesToHex(bytes) : ''
}

/** What `weft verify` reads, and the same for people: bytes as hex, amounts as decimal strings. Never the conversation. */
export function receiptJson({ receipt, job, nonce }: AnswerRecord): string {
  const value = receipt ? { receipt: packReceipt(receipt), fields: receipt } : { job, nonce }
  return JSON.stringify(
    value,
    (_, field: unknown) => {
      if (field instanceof Uint8Array) return bytesToHex(field)
      return typeof field === 'bigint' ? field.toString() : field
    },
    2,
  )
}
