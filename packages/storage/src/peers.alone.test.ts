import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { clearPeers, listPeers, updatePeers } from './peers.ts'
import type { PeerRecord } from './records.ts'

const record = (peerId: string, seenAtMs: number): PeerRecord => ({
  peerId,
  seenAtMs,
  failures: 0,
  lies: 0,
  falseAnswers: 0,
  doubts: 0,
  rttMs: null,
  speeds: [],
})
const failure = (peerId: string) => (before: PeerRecord | undefined) => {
  const known = before ?? record(peerId, 1)
  return { ...known, failures: known.failures + 1 }
}

test('what two tabs add at the same time is both kept, also over a reload', async () => {
  const tabs = await Promise.all([openDatabase('peers-a'), openDatabase('peers-a')])
  await Promise.all(tabs.map((tab) => updatePeers(tab, new Map([['a', failure('a')]]))))
  for (const tab of tabs) tab.close()
  const reloaded = await openDatabase('peers-a')
  expect(await listPeers(reloaded)).toEqual([{ ...record('a', 1), failures: 2 }])
  await clearPeers(reloaded)
  expect(await listPeers(reloaded)).toEqual([])
})

test('the ones seen longest ago give way', async () => {
  const database = await openDatabase('peers-b')
  const seen = [5, 1, 4, 2, 3].map((ms) => [`${ms}`, () => record(`${ms}`, ms)] as const)
  await updatePeers(database, new Map(seen), { maxPeers: 3 })
  expect((await listPeers(database)).map(({ peerId }) => peerId)).toEqual(['3', '4', '5'])
})
