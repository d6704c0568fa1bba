/**
 * The command line of the relay.
 * @module
 */
import { parseArgs } from 'node:util'
import { WeftError } from '@weft/protocol'

export type RelayOptions = {
  host: string
  /** Of the websocket that tabs connect to. */
  port: number
  /** Of `/health` and `/metrics`. */
  httpPort: number
  keyFile: string
  maxReservations: number
  /** Multiaddrs to tell instead of the one listened on. */
  announce: string[]
  /** Multiaddrs of relays to share the directory with. */
  fellows: string[]
  /** Of one address; left out, the relay's own default, which spares this machine. */
  connectionsPerAddress?: number
  freeRegistrationsPerAddress?: number
  /** Milliseconds from SIGTERM until the relay ends, in which tabs go elsewhere. */
  drainMs: number
}

export const usage = `Usage: weft relay [options]    introduces tabs to each other, and knows who serves what

When it is ready it prints one line with its address, which goes into the weft.json of a site, and into --relay of
weft node and weft gateway.

  --host <address>         to listen on (default 127.0.0.1)
  --port <number>          of the websocket for tabs (default 4001)
  --http-port <number>     of /health and /metrics (default 4002)
  --key-file <file>        its name in the network, made where there is none: keep it (default .weft/relay.key)
  --announce <multiaddr>   the address that the world sees, where a proxy is in front; may be given several times
  --peers <multiaddr>      of a relay that shares its directory with this one; may be given several times
  --max-reservations <n>   tabs that can be reached over it at the same time (default 10000)
  --connections-per-address <n>    from one IP address, and
  --registrations-per-address <n>  without proof of work; the defaults spare this machine
  --drain-ms <number>      from SIGTERM until it ends, in which tabs go elsewhere (default 2000)

apps/relay/README.md has TLS, containers and federation.`

const maxCount = 1_000_000

/** @throws WeftError `relay/options` */
export function parseOptions(args: string[]): RelayOptions {
  const values = parse(args)
  const connections = values['connections-per-address']
  const registrations = values['registrations-per-address']
  return {
    host: values.host,
    port: wholeNumber('port', values.port, 65_535),
    httpPort: wholeNumber('http-port', values['http-port'], 65_535),
    keyFile: values['key-file'],
    maxReservations: wholeNumber('max-reservations', values['max-reservations'], maxCount),
    announce: values.announce,
    fellows: values.peers,
    drainMs: wholeNumber('drain-ms', values['drain-ms'], 600_000),
    ...(connections === undefined
      ? {}
      : { connectionsPerAddress: wholeNumber('connections-per-address', connections, maxCount) }),
    ...(registrations === undefined
      ? {}
      : {
          freeRegistrationsPerAddress: wholeNumber(
            'registrations-per-address',
            registrations,
            maxCount,
          ),
        }),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '4001' },
        'http-port': { type: 'string', default: '4002' },
        'key-file': { type: 'string', default: '.weft/relay.key' },
        'max-reservations': { type: 'string', default: '10000' },
        announce: { type: 'string', multiple: true, default: [] },
        peers: { type: 'string', multiple: true, default: [] },
        'connections-per-address': { type: 'string' },
        'registrations-per-address': { type: 'string' },
        'drain-ms': { type: 'string', default: '2000' },
      },
    }).values
  } catch (cause) {
    throw WeftError.from(cause, 'relay/options', 'The command line is not understood.')
  }
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= max) return value
  throw new WeftError('relay/options', `--${name} must be a whole number up to ${max}.`)
}
