/**
 * What the report draws: columns over time, each chart with one clock.
 * @module
 */
import type { StormRecord } from './run-storm.ts'
import { quantile } from './summary.ts'

export type Chart = {
  title: string
  /** Of the values. */
  unit: string
  series: { label: string; tone: 'good' | 'first' | 'second' | 'bad' }[]
  /** Seconds, then one list for each series. */
  columns: (number | null)[][]
}

/** Percentiles need a few answers. */
const bucketSeconds = 5

export function chartsOf(record: StormRecord): Chart[] {
  const { outcomes, samples, beganAtMs } = record
  const endedSeconds = (endedAtMs: number) => (endedAtMs - beganAtMs) / 1000
  const seconds = samples.map(({ atMs }) => atMs / 1000)
  const lastSecond = Math.max(0, ...outcomes.map(({ endedAtMs }) => endedSeconds(endedAtMs)))
  const buckets = Array.from({ length: Math.ceil(lastSecond / bucketSeconds) }, (_, index) => {
    const isIn = ({ endedAtMs }: { endedAtMs: number }) =>
      Math.floor(endedSeconds(endedAtMs) / bucketSeconds) === index
    return outcomes.filter(isIn)
  })
  const bucketTimes = buckets.map((_, index) => index * bucketSeconds)
  const countOf = (wanted: readonly string[]) =>
    buckets.map((each) => each.filter(({ verdict }) => wanted.includes(verdict)).length)
  const quantilesOf = (pick: (outcome: (typeof outcomes)[number]) => number[], share: number) =>
    buckets.map((each) => {
      const values = each.flatMap(pick)
      return values.length > 0 ? quantile(values, share) : null
    })
  const firsts = ({ firstTokenMs }: (typeof outcomes)[number]) =>
    firstTokenMs === null ? [] : [firstTokenMs]
  const gaps = ({ losses, isSlowReader }: (typeof outcomes)[number]) =>
    isSlowReader ? [] : losses.flatMap(({ tokens, gapMs }) => (tokens > 0 ? (gapMs ?? []) : []))
  const megabytes = (bytes: number | null) => (bytes === null ? null : bytes / 2 ** 20)
  return [
    {
      title: `Answers that ended, each ${bucketSeconds} s`,
      unit: '',
      series: [
        { label: 'whole and right', tone: 'good' },
        { label: 'stopped by their reader, right so far', tone: 'first' },
        { label: 'not right', tone: 'bad' },
      ],
      columns: [
        bucketTimes,
        countOf(['whole']),
        countOf(['prefix']),
        countOf(['failed', 'hung', 'lost', 'duplicated', 'wrong']),
      ],
    },
    {
      title: 'Time to the first token',
      unit: 'ms',
      series: [
        { label: 'half of them', tone: 'first' },
        { label: '99 of 100', tone: 'second' },
      ],
      columns: [bucketTimes, quantilesOf(firsts, 0.5), quantilesOf(firsts, 0.99)],
    },
    {
      title: 'Pause of an answer when its node is lost',
      unit: 'ms',
      series: [
        { label: 'half of them', tone: 'first' },
        { label: '99 of 100', tone: 'second' },
      ],
      columns: [bucketTimes, quantilesOf(gaps, 0.5), quantilesOf(gaps, 0.99)],
    },
    {
      title: 'Nodes that each relay knows',
      unit: '',
      series: [
        { label: 'relay 1', tone: 'first' },
        { label: 'relay 2', tone: 'second' },
      ],
      columns: [seconds, ...[0, 1].map((relay) => samples.map((s) => s.known[relay] ?? null))],
    },
    {
      title: 'Memory',
      unit: 'MB',
      series: [
        { label: 'relay 1', tone: 'first' },
        { label: 'relay 2', tone: 'second' },
        { label: 'largest process of peers', tone: 'good' },
      ],
      columns: [
        seconds,
        ...[0, 1].map((relay) => samples.map((s) => megabytes(s.relayBytes[relay] ?? null))),
        samples.map(({ largestWorkerBytes }) => megabytes(largestWorkerBytes)),
      ],
    },
    {
      title: 'Connections held by all peers',
      unit: '',
      series: [{ label: 'connections', tone: 'first' }],
      columns: [seconds, samples.map(({ connections }) => connections)],
    },
    {
      title: 'Longest time in which a process of peers could do nothing else',
      unit: 'ms',
      series: [{ label: 'lag', tone: 'second' }],
      columns: [seconds, samples.map(({ lagMs }) => lagMs)],
    },
  ]
}

/** Vertical lines: when relays were killed, and whole crews. */
export function marksOf({ events }: StormRecord): { second: number; isRelay: boolean }[] {
  return events.flatMap((event) =>
    event.type === 'death'
      ? []
      : [{ second: event.atMs / 1000, isRelay: event.type === 'relay-restart' }],
  )
}
