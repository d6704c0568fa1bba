import { afterEach, describe, expect, test } from 'vitest'
import type { GenerateInit, GeneratePart } from '../engine.ts'
import { closeTabs, type OpenTab, openSharedTab } from '../testing/open-shared-tab.ts'
import referenceLines from '../testing/reference-runs.jsonl?raw'
import { collect, runReference, story } from '../testing/reference-runs.ts'
import type { SharedTab } from '../testing/shared-tab.ts'

const reference: number[][] = referenceLines
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const code = (value: unknown) => expect.objectContaining({ code: value })
const long: GenerateInit = { ...story, maxTokens: 80 }

let scope = 0
afterEach(() => {
  closeTabs()
  scope += 1
})

const scopeName = () => `test-${scope}`
const lockName = () => `weft-engine-${scopeName()}`
const openTab = ({ deadlineMs = 5_000 } = {}) => openSharedTab({ name: scopeName(), deadlineMs })

const openTabs = (count: number, init?: { deadlineMs: number }) =>
  Promise.all(Array.from({ length: count }, () => openTab(init)))

/** The tabs loaded one after the other: the first leads. */
async function loadTabs(count: number, init?: { deadlineMs: number }): Promise<OpenTab[]> {
  const tabs = await openTabs(count, init)
  for (const tab of tabs) await tab.load()
  return tabs
}

async function allParts(
  parts: AsyncIterable<GeneratePart>,
  onPart: (count: number) => unknown,
): Promise<GeneratePart[]> {
  const all: GeneratePart[] = []
  for await (const part of parts) {
    all.push(part)
    await onPart(all.length)
  }
  return all
}

/** What must be the same, however many engines answered. */
function outline(parts: GeneratePart[]): unknown {
  const deltas = parts.filter((part) => part.type === 'delta')
  return {
    types: [...new Set(parts.map(({ type }) => type))],
    first: parts.filter(({ type }) => type !== 'delta').map(({ type }) => type),
    indexes: deltas.map(({ index }) => index),
    tokens: deltas.flatMap(({ tokens }) => tokens),
    text: deltas.map(({ text }) => text).join(''),
    end: { ...parts.at(-1), decodeMs: 0 },
  }
}

const runningJobs = async ({ engine }: SharedTab) => (await engine.memory()).runningJobs
const heldLocks = async () => {
  const { held = [], pending = [] } = await navigator.locks.query()
  return [...held, ...pending].filter((lock) => lock.name?.startsWith(lockName())).length
}

describe('five tabs', () => {
  test('load at the same time and have one engine', async () => {
    const tabs = await openTabs(5)
    const results = await Promise.all(tabs.map((tab) => tab.load()))
    expect(tabs.map(({ workers }) => workers.length).sort()).toEqual([0, 0, 0, 0, 1])
    expect(tabs.map(({ opened }) => opened()).sort()).toEqual([0, 0, 0, 0, 1])
    expect(tabs.map(({ engine }) => engine.role()).sort()).toEqual([
      ...Array(4).fill('follower'),
      'leader',
    ])
    for (const result of results) expect(result).toEqual(results[0])
    const answers = await Promise.all(tabs.map(({ engine }) => runReference(engine)))
    expect(answers).toEqual(tabs.map(() => reference))
    const [first] = tabs
    expect(first && (await runningJobs(first))).toBe(0)
  })

  test('the last one that closes frees the model', async () => {
    const tabs = await loadTabs(3)
    for (const tab of tabs.slice(0, 2)) {
      await tab.engine.close()
      await expect(tab.engine.measure()).rejects.toThrow(code('engine/not-loaded'))
      expect(tab.engine.role()).toBe('none')
    }
    const last = tabs[2] as OpenTab
    expect((await collect(last.engine.generate(story))).finishReason).toBe('stop')
    expect(last.engine.role()).toBe('leader')
    await last.engine.close()
    await expect.poll(heldLocks).toBe(0)
  })
})

describe('the leader’s tab is gone', () => {
  test('in the middle of answers: they go on', async () => {
    const [leader, ...followers] = (await loadTabs(3)) as [OpenTab, OpenTab, OpenTab]
    const whole = outline(await allParts(leader.engine.generate(long), () => {}))
    const answers = followers.map(({ engine }, index) =>
      allParts(engine.generate(long), (count) => {
        if (index === 0 && count === 25) leader.close()
      }),
    )
    const [one, other] = await Promise.all(answers)
    expect(outline(one as GeneratePart[])).toEqual(whole)
    expect(outline(other as GeneratePart[])).toEqual(whole)
    expect(followers.map(({ engine }) => engine.role())).toEqual(['leader', 'follower'])
    expect(followers.map(({ workers, opened }) => [workers.length, opened()])).toEqual([
      [1, 1],
      [0, 0],
    ])
    expect(followers[0].restarts).toEqual([
      'The tab that ran the engine is gone; the model is being loaded again. Answers go on.',
    ])
  })

  test('while it loads: the next loads', async () => {
    const [leader, follower] = (await openTabs(2)) as [OpenTab, OpenTab]
    const stage = Promise.withResolvers<void>()
    leader.load('Bobbin', { onStage: stage.resolve })
    await stage.promise
    const loading = follower.load()
    await new Promise((resolve) => setTimeout(resolve, 20))
    leader.close()
    expect((await loading).selfTest.passed).toBe(true)
    expect(follower.roles.at(-1)).toBe('leader')
    expect(await runReference(follower.engine)).toEqual(reference)
  })

  test('frozen: another takes over', async () => {
    const thaw = Promise.withResolvers<void>()
    const frozen = navigator.locks.request(lockName(), () => thaw.promise).catch(String)
    const tab = await openTab({ deadlineMs: 400 })
    expect((await tab.load()).selfTest.passed).toBe(true)
    expect(tab.engine.role()).toBe('leader')
    expect(await frozen).toMatch(/AbortError.*steal/)
  })

  test('a leader that lost its place follows, and its answer goes on', async () => {
    const [first, second] = (await loadTabs(2)) as [OpenTab, OpenTab]
    const whole = outline(await allParts(first.engine.generate(long), () => {}))
    const parts = await allParts(first.engine.generate(long), async (count) => {
      if (count !== 10) return
      // As a tab does that finds the leader frozen; the one next in line has it from here.
      await navigator.locks.request(lockName(), { steal: true }, () => {})
    })
    expect(outline(parts)).toEqual(whole)
    await expect.poll(() => second.engine.role()).toBe('leader')
    expect(first.engine.role()).toBe('follower')
  })
})

describe('a follower', () => {
  test('is gone: the leader stops its jobs', async () => {
    const [leader, follower] = (await loadTabs(2)) as [OpenTab, OpenTab]
    const parts = follower.engine.generate(long)[Symbol.asyncIterator]()
    await parts.next()
    expect(await runningJobs(leader)).toBe(1)
    follower.close()
    await expect.poll(() => runningJobs(leader)).toBe(0)
    expect(await runReference(leader.engine)).toEqual(reference)
  })

  test('cancels', async () => {
    const [leader, follower] = (await loadTabs(2)) as [OpenTab, OpenTab]
    const controller = new AbortController()
    const { signal } = controller
    const parts = await allParts(follower.engine.generate(long, { signal }), (count) => {
      if (count === 5) controller.abort()
    })
    expect(parts.at(-1)).toMatchObject({ finishReason: 'cancelled', outputTokens: 4 })
    await expect.poll(() => runningJobs(leader)).toBe(0)
  })

  test('does not notice that the leader’s engine crashed', async () => {
    const [leader, follower] = (await loadTabs(2)) as [OpenTab, OpenTab]
    const whole = outline(await allParts(leader.engine.generate(long), () => {}))
    const parts = await allParts(follower.engine.generate(long), (count) => {
      if (count === 12) leader.workers[0]?.dispatchEvent(new ErrorEvent('error'))
    })
    expect(outline(parts)).toEqual(whole)
    expect(leader.workers).toHaveLength(2)
    expect(leader.restarts).toHaveLength(1)
    expect(follower.restarts).toEqual([])
  })
})

test('an engine that was given up is loaded again by the next load', async () => {
  const [leader, follower] = (await loadTabs(2)) as [OpenTab, OpenTab]
  const answer = expect(
    allParts(follower.engine.generate({ ...story, maxTokens: 400 }), async (count) => {
      if (count % 3 !== 0 || leader.restarts.length > 3) return
      leader.workers.at(-1)?.dispatchEvent(new ErrorEvent('error'))
    }),
  ).rejects.toThrow(code('engine/crashed'))
  await answer
  expect(leader.workers).toHaveLength(4)
  await expect(leader.engine.measure()).rejects.toThrow(/^The engine stopped 4 times/)
  await follower.load()
  expect(leader.workers).toHaveLength(5)
  expect(await runReference(follower.engine)).toEqual(reference)
  expect(await runReference(leader.engine)).toEqual(reference)
})

describe('two models', () => {
  test('one that is in use elsewhere stays', async () => {
    const [leader, follower, other] = (await openTabs(3)) as [OpenTab, OpenTab, OpenTab]
    await leader.load('First')
    await follower.load('First')
    const refused = code('engine/held-elsewhere')
    const parts = follower.engine.generate(long)[Symbol.asyncIterator]()
    await parts.next()
    await expect(other.load('Second')).rejects.toThrow(refused)
    await expect(leader.load('Second')).rejects.toThrow(refused)
    await parts.return?.()
    await expect.poll(() => runningJobs(follower)).toBe(0)
    const letGo = follower.engine.hold()
    await expect(other.load('Second')).rejects.toThrow(refused)
    letGo()
    expect((await other.load('Second')).selfTest.passed).toBe(true)
    expect(other.engine.role()).toBe('leader')
    await expect.poll(() => follower.engine.role()).toBe('none')
    expect(leader.engine.role()).toBe('none')
    await expect(follower.engine.measure()).rejects.toThrow(code('engine/not-loaded'))
  })

  test('a tab alone changes its own', async () => {
    const [tab, other] = (await openTabs(2)) as [OpenTab, OpenTab]
    await tab.load('First')
    await tab.load('Second')
    expect(await runReference(tab.engine)).toEqual(reference)
    await other.load('Second')
    expect([tab.workers.length, other.workers.length]).toEqual([2, 0])
  })

  test('one that cannot be loaded leaves the place to others', async () => {
    const [broken, tab] = (await openTabs(2)) as [OpenTab, OpenTab]
    const openFiles = async () => new Map()
    await expect(broken.load('First', { openFiles })).rejects.toThrow(/./)
    expect(broken.engine.role()).toBe('none')
    expect((await tab.load('Second')).selfTest.passed).toBe(true)
  })
})

describe('the border between tabs', () => {
  test('what is no message changes nothing', async () => {
    const [leader, follower] = (await loadTabs(2)) as [OpenTab, OpenTab]
    const board = new BroadcastChannel(lockName())
    const notices = [null, 1, {}, { type: 'leader' }, { type: 'hello', clientId: 7 }]
    const parts = await allParts(follower.engine.generate(long), (count) => {
      board.postMessage(notices[count % notices.length])
      board.postMessage({ type: 'hello', clientId: `stranger-${count}` })
    })
    board.close()
    expect(parts.at(-1)).toMatchObject({ type: 'end' })
    expect(leader.restarts).toEqual([])
    expect(follower.restarts).toEqual([])
  })
})
