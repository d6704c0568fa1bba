/**
 * What the prefix cache brings: how long the second turn of a chat waits for its first token, against
 * the same conversation read cold.
 * @module
 */
import type { ChatInit, ChatTurn } from '../model-page/weft.ts'
import { prepareFolder } from './bench-models.ts'
import { openModelStage } from './model-stage.ts'
import { type Bench, type BenchReport, type BenchRow, median, rounded } from './report.ts'

const leastRounds = 5
/** A story of this many and what comes around it are 300 to 400 tokens. */
const sentences = 17
const names = ['Ann', 'Ben', 'Cid', 'Dora', 'Emil', 'Flo', 'Gus', 'Hal', 'Ida', 'Jo', 'Kit', 'Lou']

export const prefix: Bench = {
  describe: "time to the first token of a chat's second turn, over the same prompt read cold",
  goals: { secondTurnTtftRatio: '<= 0.2' },
  async run({ runs, backend, gpu, models, dtypes }): Promise<BenchReport> {
    const rounds = Math.max(leastRounds, runs)
    const stage = await openModelStage(gpu)
    try {
      const rows: BenchRow[] = []
      for (const name of models) {
        for (const dtype of dtypes) {
          const page = await stage.openPage()
          const model = `/models/${prepareFolder({ name, dtype, attention: 'gqa' })}/`
          const init = { model, dtype, backend, threads: null }
          await page.evaluate((options) => window.modelPage.open('weft', options), init)
          const turns: { cold: ChatTurn; second: ChatTurn }[] = []
          for (let round = -1; round < rounds; round += 1) {
            const chat = chatOf(round)
            const result = await page.evaluate((options) => window.modelPage.chat(options), chat)
            if (round >= 0) turns.push(result)
          }
          await page.close()
          rows.push({ model: `${name} ${dtype}`, ...summary(turns) })
        }
      }
      const worst = Math.max(...rows.map(({ ratio }) => Number(ratio)))
      return {
        name: 'prefix',
        metrics: { secondTurnTtftRatio: worst },
        notes: [
          `${stage.browser}. The ratio is the worst of all models.`,
          'The answer between the turns is a fixed sentence that is read anew: what a random model says does not come back as the same tokens.',
          'Cold is another conversation of the same length, whose first words no earlier prompt has.',
        ],
        rows,
      }
    } finally {
      await stage.close()
    }
  },
}

function summary(turns: { cold: ChatTurn; second: ChatTurn }[]): BenchRow {
  const of = (pick: (turn: (typeof turns)[number]) => number) => rounded(median(turns.map(pick)))
  return {
    ratio: of(({ cold, second }) => second.firstTokenMs / cold.firstTokenMs),
    coldMs: of(({ cold }) => cold.firstTokenMs),
    secondTurnMs: of(({ second }) => second.firstTokenMs),
    inputTokens: of(({ second }) => second.inputTokens),
    cachedTokens: of(({ second }) => second.cachedTokens),
  }
}

/** Two conversations that differ from their first word on, and from those of other rounds. */
function chatOf(round: number): ChatInit {
  const nameAt = (index: number) => names.at((round + 1 + index) % names.length) ?? ''
  const story = (who: string) =>
    Array.from(
      { length: sentences },
      (_, index) => `${who} and ${nameAt(index)} went to the river and saw a small boat there.`,
    ).join(' ')
  const first = (who: string) => `${who} is here. ${story(who)} Who saw the boat first?`
  return {
    first: first(`${nameAt(0)} ${round + 1}`),
    other: first(`${nameAt(5)} ${round + 1}`),
    second: 'Thank you. Now tell me what they did with the small boat when the night came, please.',
    answer: 'It was the first of the two, early in the morning, long before the rain.',
    switchOrder: round % 2 === 0,
  }
}
