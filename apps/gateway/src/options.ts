/**
 * The command line of the gateway.
 * @module
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { WeftError } from '@weft/protocol'

export type GatewayOptions = {
  host: string
  /** Of the endpoints. */
  port: number
  /** Of `/health` and `/metrics`, which are not for customers. */
  opsPort: number
  /** `gateway.json`, else the one in `state`; without any, this machine alone may ask, and only free nodes answer. */
  config: string | undefined
  /** Folder of the key, the accounts and what was spent. */
  state: string
  /** `redis://…`, where several gateways share what was spent. */
  redis: string | undefined
  /** Multiaddrs. */
  relays: string[]
  /** Folder that holds `catalogue.json`. */
  modelsUrl: string
  /** Milliseconds from SIGTERM until answers under way are cut off. */
  drainMs: number
}

/** Of who starts it in the folder of this repository. */
export const defaultState = join('.weft', 'gateway')

/** @returns the configuration of a gateway that is given none */
export function ownConfig(state: string): string {
  return join(state, 'gateway.json')
}

/** @returns the folder of the gateway's key on the network, and of its accounts */
export function clientFolder(state: string): string {
  return join(state, 'client')
}

export const usage = `Usage: weft gateway [options]         serves OpenAI's endpoints, paid by keys, x402 or nobody
       weft gateway key NAME         makes an API key, and what to configure for it
       weft gateway fund [AMOUNT]    lets the gateway spend out of a wallet, or takes that back; see fund --help

  --relay <multiaddr>   of the network to ask; may be given several times (required)
  --models <url>        the models folder of a site, e.g. https://weft.example/models/ (required)
  --config <file>       keys, prices, x402, sponsored apps (default gateway.json of --state, where there is one;
                        see apps/gateway/README.md)
  --host <address>      to listen on (default 127.0.0.1)
  --port <number>       of the endpoints (default 8080)
  --ops-port <number>   of /health and /metrics (default 8081)
  --state <folder>      key, accounts, what was spent (default ${defaultState})
  --redis <url>         shares what was spent with other gateways
  --drain-ms <number>   from SIGTERM until answers are cut off (default 30000)`

/** @throws WeftError `gateway/options` */
export function parseOptions(args: string[]): GatewayOptions {
  const values = parse(args)
  if (values.relay.length === 0) throw wrong('--relay is missing.')
  if (!URL.canParse(values.models ?? '')) throw wrong('--models takes a URL.')
  return {
    host: values.host,
    port: wholeNumber('port', values.port, 65_535),
    opsPort: wholeNumber('ops-port', values['ops-port'], 65_535),
    config: values.config,
    state: values.state,
    redis: values.redis,
    relays: values.relay,
    modelsUrl: values.models ?? '',
    drainMs: wholeNumber('drain-ms', values['drain-ms'], 3_600_000),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8080' },
        'ops-port': { type: 'string', default: '8081' },
        config: { type: 'string' },
        state: { type: 'string', default: defaultState },
        redis: { type: 'string' },
        relay: { type: 'string', multiple: true, default: [] },
        models: { type: 'string' },
        'drain-ms': { type: 'string', default: '30000' },
      },
    }).values
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(flag: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw wrong(`--${flag} takes a whole number from 0 to ${most}, not "${text}".`)
}

function wrong(sentence: string): WeftError {
  return new WeftError('gateway/options', sentence, { facts: ['--help lists the options.'] })
}
