/**
 * What a page has asked and was not told yet.
 * @module
 */
import type { AnswerFacts } from './messages.ts'

/** What a question comes to. */
export type Asked = AnswerFacts

export type Questions = {
  add(): { id: number; answer: Promise<Asked> }
  answer(id: number, facts: Asked): void
  fail(id: number, code: string, message: string): void
  failAll(code: string, message: string): void
}

type Waiting = { resolve(facts: Asked): void; reject(error: Error): void }

export function createQuestions(): Questions {
  const waiting = new Map<number, Waiting>()
  let next = 0
  const take = (id: number) => {
    const found = waiting.get(id)
    waiting.delete(id)
    return found
  }
  const fail = (id: number, code: string, message: string) =>
    take(id)?.reject(Object.assign(new Error(message), { code }))
  return {
    add() {
      const id = next++
      const { promise, resolve, reject } = Promise.withResolvers<Asked>()
      waiting.set(id, { resolve, reject })
      return { id, answer: promise }
    },
    answer: (id, facts) => take(id)?.resolve(facts),
    fail,
    failAll(code, message) {
      for (const id of [...waiting.keys()]) fail(id, code, message)
    },
  }
}
