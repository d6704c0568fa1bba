import { type AuditRequest, type Manifest, type Outcome, pause, type Receipt } from '@weft/protocol'
import type { CheckRecord, Opinion } from '@weft/storage'
import { expect, test } from 'vitest'
import { createNodeMemory } from '../node-memory.ts'
import { judge, newCheck, pursueCheck } from './pursue-check.ts'
import { weigh } from './weigh.ts'

const [p, s, f] = ['passed', 'suspicious', 'failed'] as const

const checkOf = (said: readonly Outcome[]): CheckRecord => {
  const opinions = said.map(
    (outcome, index) => ({ outcome, verifierPeerId: `${index}` }) as Opinion,
  )
  const { isDecided, outcome } = weigh(opinions)
  const state = isDecided ? 'decided' : 'given-up'
  return { state, lot: null, opinions, outcome, error: null }
}

test.each<[said: Outcome[], before: Outcome[] | null, judged: Outcome[], lied: string[]]>([
  [[p], null, [p], []],
  // One may lie: nothing follows from it, however often one asks.
  [[f], null, [], []],
  [[p, f], null, [], []],
  [[f, f], null, [f], []],
  [[f, f], [f], [f], []],
  [[s, s], null, [s], []],
  [[f, p, p], null, [p], ['0']],
  // What was said of this receipt is said once.
  [[p, p], [p], [], []],
  [[p, s, s], [p], [], []],
  [[f, f, f], [f, f], [], []],
  [[f, p, p, p], [f, p, p], [], []],
  // Most call it false in the end.
  [[p, f, f], [p], [f], ['0']],
])('of %j after %j', (said, before, judged, lied) => {
  const seen = { judged: [] as Outcome[], lied: [] as string[] }
  const memory = {
    judged: (_: string, outcome: Outcome) => void seen.judged.push(outcome),
    lied: (peerId: string) => void seen.lied.push(peerId),
  }
  const claim: Pick<AuditRequest, 'receipt'> = { receipt: { nodePeerId: 'node' } as Receipt }
  judge(memory, claim, { check: checkOf(said), before: before && checkOf(before) })
  expect(seen).toEqual({ judged, lied })
})

test('the lot may take longer than anybody is asked for', async () => {
  const checks: CheckRecord[] = []
  const lot = { isSampled: true, drawn: null }
  await pursueCheck(
    {
      network: { peerId: 'own', findOffers: async () => [], audit: () => Promise.reject() },
      memory: createNodeMemory(),
      manifestOf: () => ({}) as Manifest,
      lots: {
        async lotOf(_, { signal }) {
          await pause(300, signal)
          signal?.throwIfAborted()
          return lot
        },
      },
      times: { patienceMs: 100, retryMs: 20 },
    },
    { claim: { job: { modelCid: 'm' } } as AuditRequest, makers: [], check: newCheck(null) },
    { signal: new AbortController().signal, onCheck: (check) => checks.push(check) },
  )
  expect(checks).toMatchObject([
    { state: 'waiting', lot },
    { state: 'given-up', lot, error: { code: 'sdk/no-verifiers' } },
  ])
})
