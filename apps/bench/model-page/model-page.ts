/**
 * Runs inside a tab of a speed benchmark: one contestant with one model. A contestant's program is
 * fetched when it is opened, so that it is alone in its tab.
 * @module
 */
import { type Bandwidth, measureBandwidth } from './bandwidth.ts'
import type {
  Answer,
  AnswerInit,
  Contestant,
  ContestantInit,
  ContestantName,
} from './contestant.ts'
import type { Profile } from './profile.ts'
import type { WeftContestant } from './weft.ts'

export type ModelPage = {
  open(name: ContestantName, init: ContestantInit): Promise<string>
  answer(init: AnswerInit): Promise<Answer>
  /** Weft only. */
  answerTogether(inits: AnswerInit[]): ReturnType<WeftContestant['answerTogether']>
  /** Weft only. */
  chat(init: Parameters<WeftContestant['chat']>[0]): ReturnType<WeftContestant['chat']>
  /** Weft only. */
  answerJobs: WeftContestant['answerJobs']
  /** Weft only. */
  readAnswers: WeftContestant['readAnswers']
  /** Weft only. */
  timeAnswer: WeftContestant['timeAnswer']
  /** Weft only. */
  timeCheck: WeftContestant['timeCheck']
  /** Weft only, with a worker that takes times. */
  profile(init: ContestantInit, answers: AnswerInit[]): Promise<Profile>
  measureBandwidth(threads: number): Promise<Bandwidth>
}

let contestant: Contestant | undefined
let weft: WeftContestant | undefined

async function open(name: ContestantName, init: ContestantInit): Promise<Contestant> {
  switch (name) {
    case 'weft': {
      const { openWeft } = await import('./weft.ts')
      weft = await openWeft(init)
      return weft
    }
    case 'transformers': {
      const { openTransformers } = await import('./transformers.ts')
      return openTransformers(init)
    }
    case 'wllama': {
      const { openWllama } = await import('./wllama.ts')
      return openWllama(init)
    }
  }
}

function required<Subject>(subject: Subject | undefined): Subject {
  if (!subject) throw new Error('Open the contestant first.')
  return subject
}

const page: ModelPage = {
  async open(name, init) {
    contestant = await open(name, init)
    return contestant.description
  },
  answer: (init) => required(contestant).answer(init),
  answerTogether: (inits) => required(weft).answerTogether(inits),
  chat: (init) => required(weft).chat(init),
  answerJobs: (jobs, answered) => required(weft).answerJobs(jobs, answered),
  readAnswers: (...asked) => required(weft).readAnswers(...asked),
  timeAnswer: (job) => required(weft).timeAnswer(job),
  timeCheck: (...checked) => required(weft).timeCheck(...checked),
  profile: async (init, answers) => (await import('./profile.ts')).profile(init, answers),
  measureBandwidth,
}
Object.assign(window, { modelPage: page })
