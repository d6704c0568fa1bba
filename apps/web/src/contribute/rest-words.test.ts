import type { PageRest } from '@weft/sdk'
import { expect, test } from 'vitest'
import { restWords } from './rest-words.ts'

const well: PageRest = { hidden: null, stopped: null, wasDiscarded: false }
const hidden = { ms: 12 * 60_000, timerMs: 1_000, speedShare: 0.991 }

test('nothing to tell, nothing told', () => {
  expect(restWords(well)).toBeNull()
  expect(restWords({ ...well, hidden: { ...hidden, ms: 5_000 } })).toBeNull()
})

test('slowed timers and unharmed answers', () => {
  expect(restWords({ ...well, hidden })).toBe(
    'This tab was out of view for 12 minutes, and the browser slowed its timers to one in a second. Answers are not affected: they ran at 99 % of the speed in view.',
  )
  const unknown = restWords({ ...well, hidden: { ...hidden, speedShare: null } })
  expect(unknown).not.toContain('%')
  expect(restWords({ ...well, hidden: { ...hidden, speedShare: 1.2 } })).toContain('100 %')
  expect(restWords({ ...well, hidden: { ...hidden, timerMs: 250 } })).not.toContain('timers')
})

test('what to do when it does cost something', () => {
  expect(restWords({ ...well, hidden: { ...hidden, speedShare: 0.4 } })).toMatch(
    /40 % of the speed in view\. Keep it in view/,
  )
  const stopped = { atMs: new Date(2026, 10, 3, 14, 20).getTime(), ms: 3 * 60 * 60_000 }
  expect(restWords({ ...well, hidden, stopped })).toMatch(
    /^This tab stood still for 3 hours from 14:20/,
  )
  expect(restWords({ ...well, wasDiscarded: true })).toContain('unloaded this tab')
})
