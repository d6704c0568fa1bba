import { expect, test } from 'vitest'
import { fullStorm } from './options.ts'
import { asksOf, planStorm } from './plan.ts'

test('one seed, one sequence of events', () => {
  expect(planStorm(fullStorm)).toEqual(planStorm(fullStorm))
  expect(planStorm({ ...fullStorm, seed: 8 })).not.toEqual(planStorm(fullStorm))
  const first = (clientId: string) => asksOf(fullStorm.seed, clientId).next().value
  expect(first('c1')).toEqual(first('c1'))
  expect(first('c1')).not.toEqual(first('c2'))
})

test('as many nodes die as were asked for, each once, and as many come', () => {
  const { crews, events, durationMs } = planStorm(fullStorm)
  const alive = new Map(crews.flatMap(({ id, nodes }) => nodes.map((node) => [node.id, id])))
  const crewSizes = new Map(crews.map(({ id, nodes }) => [id, nodes.length]))
  expect(alive.size).toBe(fullStorm.nodes)
  let deaths = 0
  const kinds = new Set<string>()
  for (const event of events) {
    expect(event.atMs).toBeLessThan(durationMs)
    if (event.type === 'death') {
      deaths += 1
      kinds.add(event.death)
      expect(alive.get(event.nodeId)).toBe(event.crewId)
      alive.delete(event.nodeId)
      alive.set(event.heir.id, event.crewId)
    } else if (event.type === 'crew-death') {
      deaths += event.heir.nodes.length
      expect(crewSizes.delete(event.crewId)).toBe(true)
      crewSizes.set(event.heir.id, event.heir.nodes.length)
      for (const [id, crewId] of alive) if (crewId === event.crewId) alive.delete(id)
      for (const { id } of event.heir.nodes) alive.set(id, event.heir.id)
    }
    expect(alive.size).toBe(fullStorm.nodes)
  }
  expect(deaths).toBe(120)
  expect(kinds.size).toBe(5)
  expect(events.filter(({ type }) => type === 'relay-restart')).toHaveLength(2)
})
