import { afterEach, expect, test } from 'vitest'
import { breakableEngine } from '../testing/breakable-engine.ts'
import { bobbinInit } from '../testing/node-model.ts'
import { collect, story } from '../testing/reference-runs.ts'
import type { Role } from './own-engine.ts'
import { createSharedEngine } from './shared-engine.ts'

const { locks } = navigator
const setLocks = (value: unknown) =>
  Object.defineProperty(navigator, 'locks', { value, configurable: true })
afterEach(() => setLocks(locks))

test('without Web Locks a tab has an engine of its own, which does not die either', async () => {
  setLocks(undefined)
  const roles: Role[] = []
  const engines: ReturnType<typeof breakableEngine>[] = []
  const engine = createSharedEngine({
    name: 'test',
    createEngine() {
      const inner = breakableEngine()
      engines.push(inner)
      return inner
    },
    onRole: (role) => roles.push(role),
  })
  await engine.load(bobbinInit())
  const letGo = engine.hold()
  const answer = collect(engine.generate({ ...story, maxTokens: 9 }))
  engines[0]?.break('engine/crashed')
  expect((await answer).tokens).toHaveLength(9)
  expect(engines).toHaveLength(2)
  letGo()
  await engine.close()
  expect(roles).toEqual(['leader', 'none'])
})
