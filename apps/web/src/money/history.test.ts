import type { Conversation } from '@weft/sdk'
import { expect, test } from 'vitest'
import { listPaidAnswers } from './history.ts'

type Turn = Conversation['turns'][number]
type Bill = Turn['answer']['bills'][number]

/** Only what a list of payments looks at. */
function turn(id: string, createdAtMs: number, bills: [peerId: string, costWei: bigint][] | null) {
  const given = bills?.map(([peerId, costWei]) => ({ peerId, costWei }) as Bill)
  const answer = { job: { createdAtMs }, tokens: [1, 2, 3], ...(given ? { bills: given } : {}) }
  return { id, prompt: `Prompt ${id}`, answer } as unknown as Turn
}

function historyOf(conversations: Record<string, Turn[]>, deleted: string[] = []) {
  const ids = [...Object.keys(conversations), ...deleted]
  return {
    list: async () =>
      ids.map((id) => ({ id, title: id, createdAtMs: 0, updatedAtMs: 0, turnCount: 0 })),
    get: async (id: string) => {
      const turns = conversations[id]
      return turns && ({ id, title: id, updatedAtMs: 0, turns } as unknown as Conversation)
    },
  }
}

test('answers that cost something, over all conversations, the latest first', async () => {
  const free = turn('a', 5, [['one', 0n]])
  const paid = turn('b', 7, [['one', 30n]])
  const earlier = turn('c', 6, [['one', 4n]])
  const list = await listPaidAnswers(historyOf({ x: [free, earlier], y: [paid] }))
  expect(list.map(({ id, wei }) => [id, wei])).toEqual([
    ['b', 30n],
    ['c', 4n],
  ])
  expect(list[0]).toMatchObject({ prompt: 'Prompt b', atMs: 7, tokens: 3, nodes: 1 })
})

test('an answer of several nodes is one payment, and one node that came back is one node', async () => {
  const shared = turn('a', 1, [
    ['one', 5n],
    ['two', 6n],
    ['one', 7n],
  ])
  expect(await listPaidAnswers(historyOf({ x: [shared] }))).toMatchObject([{ wei: 18n, nodes: 2 }])
})

test('an answer from before bills cost nothing, and a conversation that is gone is left out', async () => {
  expect(await listPaidAnswers(historyOf({ x: [turn('a', 1, null)] }, ['gone']))).toEqual([])
})
