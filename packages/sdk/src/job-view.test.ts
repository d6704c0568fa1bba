import type { Network } from '@weft/network'
import { expect, test } from 'vitest'
import { createJobView } from './job-view.ts'
import { offState } from './serving-node.ts'

test('a long job stays in the list and counts, however many short ones come and go', () => {
  let state = offState
  const { onEvent } = createJobView({
    network: { status: () => ({ relays: [] }) } as unknown as Network,
    announcement: { setActiveJobs() {} },
    get: () => state,
    change(part) {
      state = { ...state, ...part }
    },
  })
  const begin = (id: string) =>
    onEvent({ type: 'job-start', id, clientPeerId: 'client', inputTokens: 3 })
  const end = (id: string) => onEvent({ type: 'job-end', id, state: 'done', costWei: 7n })
  begin('long')
  for (let job = 0; job < 40; job += 1) {
    begin(`short ${job}`)
    end(`short ${job}`)
  }
  expect(state).toMatchObject({ phase: 'working', jobsServed: 40 })
  expect(state.jobs[0]).toMatchObject({ state: 'done', costWei: 7n })
  expect(state.jobs.map(({ id }) => id)).toContain('long')
  expect(state.jobs.length).toBeLessThanOrEqual(21)
  end('long')
  expect(state).toMatchObject({ phase: 'idle', jobsServed: 41 })
})
