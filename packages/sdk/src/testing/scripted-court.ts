/**
 * A court whose chain says what a test has it say: whoever answers for a chain may lie, lag, or be silent.
 * @module
 */
import type { CourtRules } from '@weft/payments/chain'
import type { CourtView } from '../checking/court-view.ts'

const rules: CourtRules = {
  epochSeconds: 10,
  limitationSeconds: 3_600,
  answerSeconds: 30,
  minimumStakeWei: 10n ** 20n,
  appealBondWei: 10n ** 19n,
  sampleBps: 1_000,
  panelSize: 3,
  appealSize: 9,
  slashBps: 5_000,
  minorityBps: 2_000,
}

type Script = Partial<Omit<CourtView, 'send' | 'rules'>> & {
  rules?: Partial<CourtRules>
  send?: Partial<CourtView['send']>
}

/** What is not in the script fails. @returns it, and the names of what it was asked for or told to send */
export function scriptedCourt(script: Script): CourtView & { asked: string[] } {
  const asked: string[] = []
  const scripted = (methods: object) =>
    new Proxy(methods, {
      get(target, name) {
        const method = Reflect.get(target, name)
        if (typeof method === 'object') return method
        return async (...args: unknown[]) => {
          asked.push(String(name))
          if (typeof method !== 'function') throw new Error(`Nobody answers: ${String(name)}.`)
          return method(...args)
        }
      },
    })
  const court = { chainId: 1, contract: `0x${'11'.repeat(20)}` } as const
  const now = async () => Math.floor(Date.now() / 1000)
  const view = { court, now, ...script, rules: { ...rules, ...script.rules } }
  return scripted({ ...view, asked, send: scripted(script.send ?? {}) }) as CourtView & {
    asked: string[]
  }
}
