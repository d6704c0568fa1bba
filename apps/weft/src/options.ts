/**
 * The flags of `npm start`.
 * @module
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export type StartOptions = {
  /** First port to try for the site; relay and metrics take the next ones. */
  port: number
  /** Open the page in the desktop's browser. */
  open: boolean
  /** Run one contributor tab in a headless Chromium. */
  resident: boolean
  /** Run a gateway for programs that speak OpenAI's language. */
  gateway: boolean
  /** Run a development chain, so that payments can be tried. */
  chain: boolean
  /** Serve the sources with hot reload instead of a build. */
  dev: boolean
  /** Folder of the keys, the chain, the built site and the resident tab's profile. */
  state: string
  /** Join this relay instead of starting one. */
  relay: string | undefined
  /** Base URL of that relay's `/live`, so that visitors see how many nodes answer. */
  relayHttp: string | undefined
}

export const usage = `Usage: npm start -- [options]

  --port <number>      port of the site (default 7070; relay and metrics take the next two)
  --state <folder>     keys, chain, built site, resident tab's profile (default .weft); one Weft per folder
  --relay <multiaddr>  join this relay instead of starting one
  --relay-http <url>   where that relay tells how many nodes answer (its --http-port)
  --no-open            do not open the page in the desktop's browser
  --no-resident        do not run a contributor tab in a headless Chromium
  --no-gateway         do not serve OpenAI's endpoints to programs on this machine
  --no-chain           do not run a development chain; payments are off then
  --dev                serve the sources with hot reload
  --help               this text`

const defaultState = fileURLToPath(new URL('../../../.weft', import.meta.url))

/** @throws Error with a sentence for the person */
export function parseOptions(args: string[]): StartOptions | 'help' {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      port: { type: 'string', default: '7070' },
      open: { type: 'boolean', default: true },
      resident: { type: 'boolean', default: true },
      gateway: { type: 'boolean', default: true },
      chain: { type: 'boolean', default: true },
      dev: { type: 'boolean', default: false },
      state: { type: 'string', default: defaultState },
      relay: { type: 'string' },
      'relay-http': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_000) {
    throw new Error(`--port takes a number from 1 to 65000, not "${values.port}".`)
  }
  const { open, resident, gateway, chain, dev, relay, state } = values
  const relayHttp = values['relay-http']
  return { port, open, resident, gateway, chain, dev, relay, relayHttp, state: resolve(state) }
}
