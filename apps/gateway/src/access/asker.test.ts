/**
 * A budget is counted though what counts it is away as an answer ends.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import type { SharedState } from '../state/shared-state.ts'
import { openSqliteState } from '../state/sqlite-state.ts'
import { createKey } from './api-keys.ts'
import { createAccess } from './asker.ts'

const costWei = 3n * 10n ** 12n

/** One answer under way, and what counts its budget away. */
async function openAnswer() {
  const { key, sha256 } = createKey()
  const kept = openSqliteState(':memory:')
  let isAway = false
  const state: SharedState = {
    ...kept,
    async add(...init) {
      if (isAway) throw new WeftError('gateway/state', 'Redis does not answer.')
      return kept.add(...init)
    },
  }
  const stopping = new AbortController()
  const later: Promise<void>[] = []
  const access = createAccess({
    config: parseConfig({
      keys: [{ name: 'tests', sha256, budgetWeiPerDay: `${10n ** 16n}` }],
      maxPrice: { inputWeiPerMillion: '0', outputWeiPerMillion: `${10n ** 18n}` },
    }),
    state,
    paywall: null,
    stopping: stopping.signal,
    finishLater: (work) => void later.push(work),
  })
  const request = new Request('http://gateway', { headers: { authorization: `Bearer ${key}` } })
  const body = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 8 }
  const { end } = await access.admit({ request, address: '::1', body })
  const day = Math.floor(Date.now() / 86_400_000)
  isAway = true
  return {
    end: () => end({ costWei, isDelivered: true }),
    later,
    stopping,
    spent: () => kept.read(`budget/tests/${day}`),
    comeBack() {
      isAway = false
    },
  }
}

test('it is tried again until what counts is back, and nobody waits for it', async () => {
  const answer = await openAnswer()
  await answer.end()
  expect(await answer.spent()).toBe(0n)
  answer.comeBack()
  await Promise.all(answer.later)
  expect(await answer.spent()).toBe(3_000n)
})

test('a process that ends tries at once, and says what is not counted', async () => {
  const answer = await openAnswer()
  await answer.end()
  answer.stopping.abort()
  await expect(Promise.all(answer.later)).rejects.toMatchObject({
    code: 'gateway/not-counted',
    message: expect.stringContaining(`key tests does not know of ${costWei} wei`),
  })
})
