/**
 * Where the time of a decoded token goes.
 * @module
 */
import type { AnswerInit, ContestantInit } from './contestant.ts'
import { profileChannel, type TimedStep } from './profile-channel.ts'
import { openWeft } from './weft.ts'

/** One entry for each answer; means over its decode steps, in milliseconds. */
export type Profile = { weft: string; answers: TokenTimes[] }

export type TokenTimes = {
  /** As the page sees it. */
  perTokenMs: number
  /** Inside ONNX Runtime. */
  runMs: number
  /** Tensors made and read around it. */
  ioMs: number
  /** Sampling, text and queues. */
  sampleMs: number
}

export async function profile(init: ContestantInit, answers: AnswerInit[]): Promise<Profile> {
  let steps: TimedStep[] = []
  const channel = new BroadcastChannel(profileChannel)
  channel.onmessage = ({ data }: MessageEvent<TimedStep>) => steps.push(data)
  const weft = await openWeft(
    init,
    () => new Worker(new URL('./profile-worker.ts', import.meta.url), { type: 'module' }),
  )
  const times: TokenTimes[] = []
  for (const answer of answers) {
    steps = []
    const { perTokenMs } = await weft.answer(answer)
    const decodes = steps.filter(({ type }) => type === 'decode')
    const mean = (pick: (step: TimedStep) => number) =>
      decodes.reduce((sum, step) => sum + pick(step), 0) / decodes.length
    times.push({
      perTokenMs,
      runMs: mean(({ runMs }) => runMs),
      ioMs: mean(({ forwardMs, runMs }) => forwardMs - runMs),
      sampleMs: mean(({ takeMs }) => takeMs),
    })
  }
  channel.close()
  return { weft: weft.description, answers: times }
}
