/**
 * Makes a storm and writes down what happened.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { StormOptions } from './options.ts'
import { planStorm, type StormEvent, type StormPlan } from './plan.ts'
import { openStage, type Stage } from './stage.ts'
import { openTown, type Reckoning } from './town.ts'
import type { Outcome } from './worker-messages.ts'

/** One second of the storm. Bytes are resident memory; null where it is not known. */
type StormSample = {
  /** Since the storm began. */
  atMs: number
  /** Nodes that each relay can name, its fellow's too; null while it does not answer. */
  known: (number | null)[]
  relayBytes: (number | null)[]
  /** Of all worker processes together, and of the largest. */
  workerBytes: number
  largestWorkerBytes: number
  connections: number
  /** The longest time that any worker could do nothing else. */
  lagMs: number
}

type RelayReturn = {
  relay: number
  killedAtMs: number
  /** From the kill until it knew nine tenths of what it had known; null where it never did. */
  backMs: number | null
}

export type StormRecord = {
  options: StormOptions
  beganAtMs: number
  /** Ctrl-C. */
  isInterrupted: boolean
  events: StormEvent[]
  outcomes: Outcome[]
  samples: StormSample[]
  relayReturns: RelayReturn[]
  /** Null in a storm without money. */
  town: Reckoning | null
  /** Crashes and errors that nobody caught. */
  troubles: string[]
}

/** What the last answers may take once nobody asks any more. */
const restMs = 90_000
const interruptedRestMs = 5_000
/** An epoch, a panel, an appeal. */
const lastCasesMs = 90_000
const joinMs = 120_000
const sampleMs = 1_000
const pollMs = 200

export type StormProgress = Pick<StormRecord, 'outcomes' | 'troubles' | 'samples'> & {
  step: string
}

export async function runStorm(
  options: StormOptions,
  {
    signal,
    onProgress,
  }: { signal: AbortSignal; onProgress: (progress: StormProgress, atMs: number) => void },
): Promise<StormRecord> {
  const plan = planStorm(options)
  const record: StormRecord = {
    options,
    beganAtMs: Date.now(),
    isInterrupted: false,
    events: [],
    outcomes: [],
    samples: [],
    relayReturns: [],
    town: null,
    troubles: [],
  }
  const latest = new Map<string, { lagMs: number; connections: number }>()
  const progress = (step: string) => onProgress({ ...record, step }, Date.now() - record.beganAtMs)
  if (options.verifiers > 0) progress('opening the court')
  const town = options.verifiers > 0 ? await openTown(plan) : null
  const stage = await openStage({
    ...{ options, plan, town },
    onNews(news, worker) {
      if (news.type === 'outcome') record.outcomes.push(news.outcome)
      if (news.type === 'trouble') record.troubles.push(`${worker}: ${news.message}`)
      if (news.type === 'sample') latest.set(worker, news)
    },
    onTrouble: (message) => record.troubles.push(message),
  })
  const over = new AbortController()
  try {
    progress('opening the nodes')
    for (const crew of plan.crews) await stage.openCrew(crew)
    await untilRegistered(stage, options.nodes, signal)
    await stage.openVerifiers()
    progress('opening the clients')
    await stage.openClients()
    record.beganAtMs = Date.now()
    const watching = watch()
    stage.ask()
    await happen(stage, plan, record, AbortSignal.any([signal, over.signal]))
    record.isInterrupted = signal.aborted
    progress('waiting for the last answers')
    await stage.rest(signal.aborted ? interruptedRestMs : restMs)
    if (town) {
      progress('waiting for the last cases')
      await wait(lastCasesMs, undefined, { signal }).catch(() => {})
      record.town = await town.reckon()
    }
    over.abort()
    await watching
    return record
  } finally {
    over.abort()
    await stage.close()
    await town?.close()
  }

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      const names = new Set(stage.workers().map(({ name }) => name))
      const current = [...latest].filter(([name]) => names.has(name)).map(([, sample]) => sample)
      record.samples.push(await sampleOf(stage, current, Date.now() - record.beganAtMs))
      progress('')
      await wait(sampleMs, undefined, { signal: over.signal }).catch(() => {})
    }
  }
}

/** Lets all events happen in their time. @returns at the end of the storm, or when it is interrupted */
async function happen(
  stage: Stage,
  plan: StormPlan,
  record: StormRecord,
  signal: AbortSignal,
): Promise<void> {
  const until = async (atMs: number) => {
    const ms = record.beganAtMs + atMs - Date.now()
    if (ms > 0) await wait(ms, undefined, { signal }).catch(() => {})
  }
  for (const event of plan.events) {
    await until(event.atMs)
    if (signal.aborted) return
    record.events.push(event)
    if (event.type === 'death') {
      stage.death(event.crewId, event.nodeId, event.death)
      stage.birth(event.crewId, event.heir)
    } else if (event.type === 'crew-death') {
      stage.killCrew(event.crewId)
      const failed = (error: unknown) => void record.troubles.push(String(error))
      stage.openCrew(event.heir).catch(failed)
    } else {
      void restartRelay(stage, event.relay, record, signal)
    }
  }
  await until(plan.durationMs)
}

async function restartRelay(
  stage: Stage,
  index: number,
  record: StormRecord,
  signal: AbortSignal,
): Promise<void> {
  const relay = stage.relays[index]
  if (!relay) return
  const known = (await knownAt(relay.http)) ?? record.options.nodes
  const killedMs = performance.now()
  const entry: RelayReturn = {
    relay: index,
    killedAtMs: Date.now() - record.beganAtMs,
    backMs: null,
  }
  record.relayReturns.push(entry)
  relay.kill()
  while (!signal.aborted && performance.now() - killedMs < joinMs) {
    await wait(pollMs)
    if (((await knownAt(relay.http)) ?? 0) < known * 0.9) continue
    entry.backMs = performance.now() - killedMs
    return
  }
}

async function untilRegistered(stage: Stage, nodes: number, signal: AbortSignal): Promise<void> {
  const endMs = Date.now() + joinMs
  for (;;) {
    const counts = await Promise.all(stage.relays.map(({ http }) => knownAt(http)))
    if (counts.every((count) => (count ?? 0) >= nodes)) return
    if (signal.aborted) return
    if (Date.now() > endMs)
      throw new Error(`Of ${nodes} nodes the relays know ${counts.join(', ')}.`)
    await wait(pollMs)
  }
}

async function sampleOf(
  { relays, workers }: Stage,
  latest: { lagMs: number; connections: number }[],
  atMs: number,
): Promise<StormSample> {
  const bytes = await Promise.all(workers().map(({ pid }) => residentBytes(pid)))
  const known = bytes.map((each) => each ?? 0)
  return {
    atMs,
    known: await Promise.all(relays.map(({ http }) => knownAt(http))),
    relayBytes: await Promise.all(relays.map((relay) => residentBytes(relay.pid() ?? 0))),
    workerBytes: known.reduce((sum, each) => sum + each, 0),
    largestWorkerBytes: Math.max(0, ...known),
    connections: latest.reduce((sum, { connections }) => sum + connections, 0),
    lagMs: Math.max(0, ...latest.map(({ lagMs }) => lagMs)),
  }
}

/** @returns null while the relay does not answer */
async function knownAt(http: string): Promise<number | null> {
  try {
    const response = await fetch(`${http}/health`, { signal: AbortSignal.timeout(1_000) })
    const { known } = await response.json()
    return typeof known === 'number' ? known : null
  } catch {
    return null
  }
}

/** Of a process on Linux; elsewhere null. */
async function residentBytes(pid: number): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    // One that has just ended has none.
    const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1]
    return kilobytes ? Number(kilobytes) * 1024 : null
  } catch {
    return null
  }
}
