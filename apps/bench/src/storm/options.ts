/**
 * What a storm is asked to be.
 * @module
 */
import { readCommandLine, refuse } from '../../../../tooling/command-line.ts'

export type StormOptions = {
  nodes: number
  clients: number
  minutes: number
  /** Per cent of the nodes that die in a minute; as many new ones come. */
  kill: number
  /** Per cent of the nodes that lie in ways that a client can notice. */
  lie: number
  /** Tabs that check answers. With any there is a court, where all nodes and verifiers have something at stake. */
  verifiers: number
  /** Per cent of nodes, verifiers and clients that are one coalition against all others. */
  collude: number
  /** Relay processes killed during the storm, each started again with its key. */
  relayRestarts: number
  seed: number
}

/** The storm of the goals. */
export const fullStorm: StormOptions = {
  nodes: 200,
  clients: 400,
  minutes: 3,
  kill: 20,
  lie: 10,
  verifiers: 0,
  collude: 0,
  relayRestarts: 2,
  seed: 7,
}

const usage = `npm run storm -- [options]

  --nodes N            nodes alive at any time (${fullStorm.nodes})
  --clients N          clients that ask again and again (${fullStorm.clients})
  --minutes N          how long, fractions allowed (${fullStorm.minutes})
  --kill N             per cent of the nodes that die in a minute (${fullStorm.kill})
  --lie N              per cent of the nodes that lie (${fullStorm.lie})
  --verifiers N        tabs that check answers, before a court (${fullStorm.verifiers})
  --collude N          per cent of nodes, verifiers and clients that are one coalition (${fullStorm.collude})
  --relay-restarts N   relays killed with -9 and started again (${fullStorm.relayRestarts})
  --seed N             one seed, one sequence of events (${fullStorm.seed})
  --out FOLDER         where report.html and report.json go (.weft/storm)
  --json               the figures as one line for machines`

export function readStormOptions(): { options: StormOptions; out: string; json: boolean } {
  const flag = (value: number) => ({ type: 'string', default: String(value) }) as const
  const { values } = readCommandLine(usage, {
    nodes: flag(fullStorm.nodes),
    clients: flag(fullStorm.clients),
    minutes: flag(fullStorm.minutes),
    kill: flag(fullStorm.kill),
    lie: flag(fullStorm.lie),
    verifiers: flag(fullStorm.verifiers),
    collude: flag(fullStorm.collude),
    'relay-restarts': flag(fullStorm.relayRestarts),
    seed: flag(fullStorm.seed),
    out: { type: 'string', default: '.weft/storm' },
    json: { type: 'boolean', default: false },
  })
  const number = (name: string, text: string, [least, most]: [number, number]) => {
    const value = Number(text)
    if (text.trim() !== '' && value >= least && value <= most) return value
    return refuse(usage, `--${name} takes a number from ${least} to ${most}.`)
  }
  const whole = (name: string, text: string, range: [number, number]) => {
    const value = number(name, text, range)
    return Number.isInteger(value) ? value : refuse(usage, `--${name} takes a whole number.`)
  }
  const options = {
    nodes: whole('nodes', values.nodes, [1, 2_000]),
    clients: whole('clients', values.clients, [1, 5_000]),
    minutes: number('minutes', values.minutes, [0.05, 24 * 60]),
    kill: number('kill', values.kill, [0, 1_000]),
    lie: number('lie', values.lie, [0, 100]),
    verifiers: whole('verifiers', values.verifiers, [0, 200]),
    collude: number('collude', values.collude, [0, 100]),
    relayRestarts: whole('relay-restarts', values['relay-restarts'], [0, 100]),
    seed: whole('seed', values.seed, [0, Number.MAX_SAFE_INTEGER]),
  }
  return { options, out: values.out, json: values.json }
}
