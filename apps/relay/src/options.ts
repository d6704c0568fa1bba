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
}

/** @throws WeftError `relay/options` */
export function parseOptions(args: string[]): RelayOptions {
  const values = parse(args)
  return {
    host: values.host,
    port: wholeNumber('port', values.port, 65_535),
    httpPort: wholeNumber('http-port', values['http-port'], 65_535),
    keyFile: values['key-file'],
    maxReservations: wholeNumber('max-reservations', values['max-reservations'], 1_000_000),
    announce: values.announce,
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
        'max-reservations': { type: 'string', default: '4096' },
        announce: { type: 'string', multiple: true, default: [] },
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
