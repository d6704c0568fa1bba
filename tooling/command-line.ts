/**
 * What a command was asked for, or how to ask.
 * @module
 */
import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>
type Parsed<Known extends Options> = ReturnType<
  typeof parseArgs<{ allowPositionals: true; options: Known }>
>

/** Ends the process with `usage` for `--help` and for an option that there is not. */
export function readCommandLine<const Known extends Options>(
  usage: string,
  options: Known,
): Parsed<Known> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    return refuse(usage, error instanceof Error ? error.message : String(error))
  }
}

/** Ends the process: what is wrong, and how to ask. */
export function refuse(usage: string, problem: string): never {
  console.error(`${problem}\n\n${usage}`)
  process.exit(1)
}
