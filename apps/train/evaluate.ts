/**
 * Measures an exported model on held-out prompts, against torch, and for speed.
 *
 *   node evaluate.ts held-out FOLDER --prompts held_out.json --temperature 0.7 --out work/results.json
 *   node evaluate.ts check FOLDER --file onnx/model.onnx --reference work/bobbin/reference.json
 *   node evaluate.ts speed FOLDER
 *   node evaluate.ts say FOLDER --prompt "Tell me a story about a fox and a lantern." --temperature 0.7
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ChatModel } from './chat-model.ts'

interface HeldOut {
  prompt: string
  kind: string
  /** Words that a story must hold. */
  required?: string[]
  /** A right answer contains one of these; for sums it ends with it. */
  accepted?: string[]
}

interface Scored extends HeldOut {
  answer: string
  tokens: number
  ended: boolean
  /** Required words that were used. */
  used: string[] | undefined
  right: boolean | undefined
  /** Share of the six-word runs that came before in the same answer. */
  repetition: number
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: 'string', default: 'onnx/model_quantized.onnx' },
    prompts: { type: 'string', default: 'held_out.json' },
    reference: { type: 'string', default: 'reference.json' },
    prompt: { type: 'string', default: 'Tell me a story about a fox and a lantern.' },
    temperature: { type: 'string', default: '0' },
    seed: { type: 'string', default: '7' },
    out: { type: 'string' },
  },
})
const [command, folder] = positionals
const temperature = Number(values.temperature)

/** A 32-bit linear congruential generator: the same seed draws the same answers. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const containsWord = (text: string, word: string) => {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<!\\w)${escaped}(?!\\w)`, 'i').test(text)
}

function repetition(text: string): number {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const runs = words.slice(5).map((_, index) => words.slice(index, index + 6).join(' '))
  return runs.length === 0 ? 0 : 1 - new Set(runs).size / runs.length
}

function isRight(item: HeldOut, answer: string): boolean | undefined {
  if (item.required) return item.required.every((word) => containsWord(answer, word))
  if (item.kind === 'math') return item.accepted?.includes(answer.match(/-?\d+/g)?.at(-1) ?? '')
  return item.accepted?.some((accepted) => containsWord(answer, accepted))
}

async function heldOut(model: ChatModel): Promise<void> {
  const random = seededRandom(Number(values.seed))
  const results: Scored[] = []
  for (const item of JSON.parse(readFileSync(values.prompts, 'utf8')) as HeldOut[]) {
    const { text, tokens, ended } = await model.answer(
      [{ role: 'user', content: item.prompt }],
      temperature,
      random,
    )
    const used = item.required?.filter((word) => containsWord(text, word))
    results.push({
      ...item,
      answer: text,
      tokens,
      ended,
      used,
      right: isRight(item, text),
      repetition: repetition(text),
    })
  }
  for (const [kind, group] of Map.groupBy(results, ({ kind }) => kind))
    console.log(summary(kind, group))
  if (values.out) writeFileSync(values.out, JSON.stringify(results, null, 1))
}

function summary(kind: string, results: Scored[]): string {
  const sum = (value: (result: Scored) => number | undefined) =>
    results.reduce((total, result) => total + (value(result) ?? 0), 0)
  const checkable = results.filter(({ right }) => right !== undefined).length
  const required = sum((result) => result.required?.length)
  return [
    `${kind}: ${results.length} prompts`,
    checkable > 0 && `right ${sum(({ right }) => Number(right ?? false))} of ${checkable}`,
    required > 0 && `requested words ${sum(({ used }) => used?.length)} of ${required}`,
    `ended ${sum(({ ended }) => Number(ended))}`,
    `repeated six-word runs ${((100 * sum((result) => result.repetition)) / results.length).toFixed(1)} %`,
    `mean tokens ${(sum(({ tokens }) => tokens) / results.length).toFixed(0)}`,
  ]
    .filter(Boolean)
    .join(', ')
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, index) => Math.abs(value - (b[index] ?? Number.NaN))))

/** Largest absolute differences: ONNX from torch, three cached steps from one full step; tokenizer round trip. */
async function check(model: ChatModel): Promise<void> {
  const reference = JSON.parse(readFileSync(values.reference, 'utf8'))
  const { vocab_size: vocabulary, hidden_size: width } = model.config
  const ids: number[] = reference.ids
  const full = await model.step(ids, 0, model.emptyCache())
  const row = (data: Float32Array, index: number, size: number) =>
    data.subarray(index * size, (index + 1) * size)
  const last = ids.length - 1

  let cached = await model.step(ids.slice(0, 8), 0, model.emptyCache())
  cached = await model.step(ids.slice(8, last), 8, cached.cache)
  cached = await model.step(ids.slice(last), last, cached.cache)
  const fullLogits = row(full.logits, last, vocabulary)
  const differences = {
    'torch, last logits': largestDifference(fullLogits, reference.lastLogits),
    'torch, middle logits': largestDifference(
      row(full.logits, reference.middle, vocabulary),
      reference.middleLogits,
    ),
    'torch, last hidden state': largestDifference(
      row(full.hidden, last, width),
      reference.lastHidden,
    ),
    'cached, last logits': largestDifference(cached.logits.subarray(-vocabulary), fullLogits),
  }
  for (const [name, difference] of Object.entries(differences))
    console.log(`${name}: ${difference.toExponential(2)}`)

  const text = `<|user|>What is 47 + 38? "Yes", it's  two.\n\nOk, na\u00efve \u{1F98A}!<|end|><|assistant|>`
  const back = model.tokenizer.decode(model.tokenizer.encode(text).ids, {
    skip_special_tokens: false,
  })
  console.log(`tokenizer round trip: ${back === text ? 'same' : JSON.stringify(back)}`)
}

async function speed(model: ChatModel): Promise<void> {
  const tell = () => model.answer([{ role: 'user', content: values.prompt }], 0, Math.random, 200)
  await tell()
  const start = performance.now()
  const { tokens } = await tell()
  console.log(
    `${tokens} tokens, ${((1000 * tokens) / (performance.now() - start)).toFixed(0)} per second`,
  )
}

async function say(model: ChatModel): Promise<void> {
  const random = seededRandom(Number(values.seed))
  console.log(
    (await model.answer([{ role: 'user', content: values.prompt }], temperature, random)).text,
  )
}

const commands: Record<string, (model: ChatModel) => Promise<void>> = {
  'held-out': heldOut,
  check,
  speed,
  say,
}
const run = commands[command ?? '']
if (!run || !folder)
  throw new Error(`usage: node evaluate.ts ${Object.keys(commands).join(' | ')} FOLDER [options]`)
await run(await ChatModel.load(folder, values.file))
