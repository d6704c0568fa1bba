/**
 * A storm in figures, and in plain words.
 * @module
 */
import { formatEther } from 'viem'
import { rounded } from '../report.ts'
import { type Verdict, verdicts } from './judge.ts'
import type { StormOptions } from './options.ts'
import type { StormRecord } from './run-storm.ts'
import type { Reckoning } from './town.ts'

export type StormSummary = {
  metrics: Record<string, number>
  verdicts: Record<Verdict, number>
  /** Whether the goals are reached, in one sentence each. */
  findings: { isGood: boolean; text: string }[]
}

export const leastWholeAndRight = 0.995

/** The command that makes the same storm again. */
export function commandOf(options: StormOptions): string {
  const flags = Object.entries(options).map(
    ([name, value]) =>
      `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)} ${value}`,
  )
  return `npm run storm -- ${flags.join(' ')}`
}

export function summarise(record: StormRecord): StormSummary {
  const { outcomes, samples, relayReturns, troubles, events, town } = record
  const counts = Object.fromEntries(
    verdicts.map((verdict) => [
      verdict,
      outcomes.filter((outcome) => outcome.verdict === verdict).length,
    ]),
  ) as Record<Verdict, number>
  const good = counts.whole + counts.prefix
  // Who checks only some answers believes others.
  const answers = outcomes.length - counts.invented
  const lost = sum(outcomes.map((outcome) => outcome.lost))
  const duplicated = sum(outcomes.map((outcome) => outcome.duplicated))
  const wholeAndRight = answers > 0 ? good / answers : 0
  // A slow reader makes its own pauses.
  const eager = outcomes.filter(({ isSlowReader }) => !isSlowReader)
  const gaps = eager.flatMap(({ losses }) =>
    losses.flatMap(({ tokens, gapMs }) => (tokens > 0 ? (gapMs ?? []) : [])),
  )
  const firsts = outcomes.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])
  const seconds = (samples.at(-1)?.atMs ?? 0) / 1000
  const tokens = sum(outcomes.map((outcome) => outcome.tokens))
  const returns = relayReturns.flatMap(({ backMs }) => backMs ?? [])
  const metrics = {
    wholeAndRight: rounded(wholeAndRight, 4),
    lost,
    duplicated,
    wrong: counts.wrong,
    hung: counts.hung,
    failed: counts.failed,
    answers,
    handovers: sum(outcomes.map(({ losses }) => losses.length)),
    gapMsP50: rounded(quantile(gaps, 0.5), 0),
    gapMsP99: rounded(quantile(gaps, 0.99), 0),
    firstTokenMsP50: rounded(quantile(firsts, 0.5), 0),
    firstTokenMsP99: rounded(quantile(firsts, 0.99), 0),
    tokensPerSecond: seconds > 0 ? rounded(tokens / seconds, 0) : 0,
    relayBackMsMax: rounded(Math.max(0, ...returns), 0),
    deaths: sum(
      events.map((event) =>
        event.type === 'crew-death' ? event.heir.nodes.length : event.type === 'death' ? 1 : 0,
      ),
    ),
    relayMbMax: megabytes(samples.flatMap(({ relayBytes }) => relayBytes.map((each) => each ?? 0))),
    workersMbMax: megabytes(samples.map(({ workerBytes }) => workerBytes)),
    troubles: troubles.length,
    ...(town ? townMetrics(town, counts.invented) : {}),
  }
  const neverBack = relayReturns.filter(({ backMs }) => backMs === null).length
  return {
    metrics,
    verdicts: counts,
    findings: [
      {
        isGood: wholeAndRight >= leastWholeAndRight,
        text: `${good} of ${answers} answers were whole and right, or right as far as their reader wanted them.`,
      },
      {
        isGood: lost === 0 && duplicated === 0 && counts.wrong === 0,
        text: `${lost} tokens were lost, ${duplicated} came twice, ${counts.wrong} answers had something wrong in them.`,
      },
      { isGood: counts.hung === 0, text: `${counts.hung} answers hung.` },
      {
        isGood: neverBack === 0,
        text: `Relays killed: ${relayReturns.length}. ${neverBack === 0 ? 'Each knew the nodes again soon after.' : `${neverBack} of them never knew the nodes again.`}`,
      },
      {
        isGood: troubles.length === 0,
        text: `${troubles.length} errors went uncaught or ended a process.`,
      },
      ...(town ? townFindings(town, counts.invented) : []),
    ],
  }
}

/** What a coalition is given for an answer that it made up: as in `collusion/plots.ts`. */
const prizeWei = 10n ** 16n

function gainOf({ coalitionGainWei }: Reckoning, invented: number): bigint {
  return coalitionGainWei + BigInt(invented) * prizeWei
}

function townMetrics(town: Reckoning, invented: number): Record<string, number> {
  return {
    invented,
    coalitionGain: rounded(Number(formatEther(gainOf(town, invented))), 2),
    colludersFined: town.fined.colluding,
    honestFined: town.fined.honest,
  }
}

function townFindings(town: Reckoning, invented: number): StormSummary['findings'] {
  const gainWei = gainOf(town, invented)
  const { colluding, honest } = town.fined
  return [
    {
      isGood: gainWei <= 0n,
      text: `The coalition made up ${invented} answers and gained ${formatEther(gainWei)} WEFT; ${colluding} of its keys lost stake.`,
    },
    { isGood: honest === 0, text: `${honest} honest keys lost stake.` },
  ]
}

/** @returns 0 for an empty list. @param share in [0, 1] */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function megabytes(values: readonly number[]): number {
  return Math.round(Math.max(0, ...values) / 2 ** 20)
}
