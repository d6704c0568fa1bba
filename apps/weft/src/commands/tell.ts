/**
 * How a command ends that cannot go on.
 * @module
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { WeftError } from '@weft/protocol'

/** Runs a command; what it throws is one sentence, its facts and its code, and exit 1 or what is said of it. */
export function runCommand(
  action: () => Promise<void>,
  exitCodeOf: (error: WeftError) => number = () => 1,
): void {
  action().catch((error: unknown) => {
    const failure = WeftError.from(error, 'weft/failed', 'That did not work.')
    console.error(`${[failure.message, ...failure.facts].join(' ')} [${failure.code}]`)
    process.exit(exitCodeOf(failure))
  })
}

/** Reads the command line; `--help` prints the usage and ends. @throws WeftError `weft/options` */
export function readArgs<Options extends NonNullable<ParseArgsConfig['options']>>(
  usage: string,
  options: Options,
) {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new WeftError('weft/options', error instanceof Error ? error.message : String(error), {
      facts: ['--help lists the options.'],
    })
  }
}
