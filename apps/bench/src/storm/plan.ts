/**
 * What will happen in a storm: one seed, one sequence of events. Nothing here is measured or tried.
 * @module
 */
import { type Lie, lies } from './lies.ts'
import type { StormOptions } from './options.ts'
import { createRandom, type Random } from './random.ts'

/** Of single nodes. */
export const ownDeaths = ['cut', 'silent', 'stuck', 'leaves', 'torn'] as const
export type OwnDeath = (typeof ownDeaths)[number]

export type NodePlan = {
  id: string
  tokensPerSecond: number
  maxJobs: number
  lie: Lie | null
  /** It makes answers up and signs for them, and its friends say that nothing is wrong. */
  colludes: boolean
  /** Of its own, in the storm. */
  death: OwnDeath | null
}

type PersonPlan = { id: string; colludes: boolean }

/** The nodes of one process. */
export type Crew = { id: string; nodes: NodePlan[] }

export type StormEvent = { atMs: number } & (
  | { type: 'death'; crewId: string; nodeId: string; death: OwnDeath; heir: NodePlan }
  | { type: 'crew-death'; crewId: string; heir: Crew }
  | { type: 'relay-restart'; relay: number }
)

export type StormPlan = {
  crews: Crew[]
  verifiers: PersonPlan[]
  clients: PersonPlan[]
  events: StormEvent[]
  durationMs: number
}

export const relayCount = 2
/** Processes take 100 MB each before their first node. */
const nodesPerCrew = 25
/** Of the crews that die as one. */
const nodesPerDoomedCrew = 5
/** Deaths keep clear of the end, so that what they cause is still seen. */
const calmEndMs = 5_000

export function planStorm(options: StormOptions): StormPlan {
  const { nodes, minutes, kill, lie, collude, relayRestarts, seed } = options
  const random = createRandom(`storm ${seed}`)
  const durationMs = minutes * 60_000
  const deck: Lie[] = []
  /** Each lie once before one comes again. */
  const drawLie = (): Lie => {
    if (deck.length === 0) deck.push(...lies)
    return deck.splice(random.between(0, deck.length - 1), 1)[0] ?? random.pick(lies)
  }
  let born = 0
  const birth = (): NodePlan => {
    born += 1
    const node = {
      id: `n${born}`,
      tokensPerSecond: random.between(10, 40),
      maxJobs: random.between(4, 8),
      death: null,
    }
    // Who colludes tells no other lies: they would give it away.
    if (collude > 0 && random.chance(collude / 100)) return { ...node, lie: null, colludes: true }
    return { ...node, lie: random.chance(lie / 100) ? drawLie() : null, colludes: false }
  }
  let crewed = 0
  const crew = (size: number): Crew => {
    crewed += 1
    return { id: `crew${crewed}`, nodes: Array.from({ length: size }, birth) }
  }

  const deaths = Math.round(nodes * (kill / 100) * minutes)
  const doomedSize = Math.max(1, Math.min(nodesPerDoomedCrew, Math.floor(nodes / 8)))
  const crewDeaths = nodes > 1 ? Math.round(deaths / (ownDeaths.length + 1) / doomedSize) : 0
  const doomedCount = Math.min(crewDeaths, Math.max(1, Math.floor(nodes / 10 / doomedSize)))
  const doomed = Array.from({ length: doomedCount }, () => crew(doomedSize))
  const sturdyNodes = nodes - doomedCount * doomedSize
  const sturdyCount = Math.ceil(sturdyNodes / nodesPerCrew)
  const sturdy = sizes(sturdyNodes, sturdyCount).map(crew)
  const crews = [...sturdy, ...doomed].map(({ id, nodes: own }) => ({ id, nodes: [...own] }))

  const times = spread(random, durationMs - calmEndMs)
  const drafts = [
    ...times(crewDeaths).map((atMs) => ({ atMs, type: 'crew-death' as const })),
    ...times(deaths - crewDeaths * doomedSize).map((atMs) => ({ atMs, type: 'death' as const })),
    ...relayTimes(relayRestarts, durationMs).map((atMs, index) => ({
      atMs,
      type: 'relay-restart' as const,
      relay: index % relayCount,
    })),
  ].sort((a, b) => a.atMs - b.atMs)

  const events = drafts.map((draft): StormEvent => {
    if (draft.type === 'relay-restart') return draft
    if (draft.type === 'crew-death') {
      const [gone] = doomed.splice(random.between(0, doomed.length - 1), 1)
      const heir = crew(doomedSize)
      doomed.push(heir)
      return { ...draft, crewId: gone?.id ?? '', heir }
    }
    const home = random.pick(sturdy)
    const [gone] = home.nodes.splice(random.between(0, home.nodes.length - 1), 1)
    const heir = birth()
    home.nodes.push(heir)
    const death = random.pick(ownDeaths)
    if (gone) gone.death = death
    return { ...draft, crewId: home.id, nodeId: gone?.id ?? '', death, heir }
  })
  const people = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${prefix}${index + 1}`,
      colludes: index < Math.round((count * collude) / 100),
    }))
  return {
    crews,
    verifiers: people('v', options.verifiers),
    clients: people('c', options.clients),
    events,
    durationMs,
  }
}

/** Those that are there from the beginning, and those that come. */
export function allNodes({ crews, events }: Pick<StormPlan, 'crews' | 'events'>): NodePlan[] {
  const heirs = events.flatMap((event) => {
    if (event.type === 'death') return [event.heir]
    return event.type === 'crew-death' ? event.heir.nodes : []
  })
  return [...crews.flatMap((crew) => crew.nodes), ...heirs]
}

function sizes(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => Math.ceil((total - part) / parts))
}

function spread(random: Random, durationMs: number): (count: number) => number[] {
  return (count) => Array.from({ length: count }, () => Math.round(random.next() * durationMs))
}

function relayTimes(count: number, durationMs: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Math.round((durationMs * (index + 1)) / (count + 1)),
  )
}

/** One question of a client, and how it behaves meanwhile. */
export type Ask = {
  thinkMs: number
  words: number
  maxTokens: number
  /** Before it takes the next part: a slow reader. */
  readMs: number
  /** Tokens after which it stops the answer; null when it reads to the end. */
  cancelAfter: number | null
}

/** People read; and hundreds of peers share the cores of one machine with both relays. */
const thinkMs = [10_000, 180_000] as const

/** @returns the questions of one client, without end */
export function* asksOf(seed: number, clientId: string): Generator<Ask, never> {
  const random = createRandom(`storm ${seed} ${clientId}`)
  const isSlow = random.chance(0.1)
  for (;;) {
    const words = random.chance(0.2) ? random.between(100, 200) : random.between(10, 60)
    yield {
      thinkMs: random.between(...thinkMs),
      words,
      maxTokens: random.chance(0.1) ? random.between(5, words) : 256,
      readMs: isSlow ? random.between(20, 100) : 0,
      cancelAfter: random.chance(0.1) ? random.between(0, words) : null,
    }
  }
}
