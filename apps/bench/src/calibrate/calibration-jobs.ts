/**
 * What calibration asks: conversations and settings by lot, the same ones each time.
 * @module
 */
import { defaultSampling, greedySampling, type Message, type Sampling } from '@weft/protocol'
import type { Random } from '../storm/random.ts'

/** A question as an engine takes it, as plain data: it also goes to pages. */
export type CalibrationJob = {
  messages: Message[]
  sampling: Sampling
  /** 32 bytes. */
  seed: number[]
  maxTokens: number
}

const animals = ['fox', 'whale', 'owl', 'bear', 'mouse', 'horse', 'cat', 'frog']
const things = ['lantern', 'boat', 'bell', 'kite', 'river', 'garden', 'hat', 'clock']
const questions: ((random: Random) => string)[] = [
  (random) => `Write a story about a ${random.pick(animals)} and a ${random.pick(things)}.`,
  (random) => `What is ${random.between(2, 90)} + ${random.between(2, 90)}?`,
  (random) => `Tell me about a ${random.pick(animals)} who lost a ${random.pick(things)}.`,
  () => 'Hello! Who are you, and what is Weft?',
  (random) => `Write a poem about a ${random.pick(things)}.`,
]
const systems = [
  'You are a patient teacher.',
  'You answer in short sentences.',
  'You like animals.',
]

/** Under half of them, wide open ones; greedy ones are the cheat's easiest. */
const settings: Sampling[] = [
  defaultSampling,
  { ...greedySampling, temperature: 1 },
  { ...defaultSampling, temperature: 0.9, topK: 0, topP: 0.9, repetitionPenalty: 1.1 },
  { ...greedySampling, temperature: 0.8, minP: 0.05 },
  greedySampling,
]

export type JobsInit = {
  random: Random
  count: number
  maxTokens: number
  /** Never chosen, so that every answer is as long as it may be. */
  endTokens: readonly number[]
  /** Greedy ones too; without noise a seed says nothing. */
  withGreedy: boolean
}

/** Each has a system message, a turn that was answered, and a question. */
export function calibrationJobs(init: JobsInit): CalibrationJob[] {
  const { random, count, maxTokens, endTokens, withGreedy } = init
  const choices = withGreedy ? settings : settings.filter(({ temperature }) => temperature > 0)
  const logitBias = [...endTokens].sort((a, b) => a - b).map((token) => ({ token, bias: -100 }))
  return Array.from({ length: count }, (_, index) => ({
    messages: [
      { role: 'system', content: random.pick(systems) },
      { role: 'user', content: random.pick(questions)(random) },
      { role: 'assistant', content: `Once there was a ${random.pick(animals)}, and that was all.` },
      { role: 'user', content: random.pick(questions)(random) },
    ],
    sampling: { ...(choices[index % choices.length] as Sampling), logitBias },
    seed: Array.from({ length: 32 }, () => random.between(0, 255)),
    maxTokens,
  }))
}
