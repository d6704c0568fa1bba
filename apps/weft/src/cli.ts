#!/usr/bin/env node
/**
 * `npx weft COMMAND`: each is a program of its own, loaded when it is asked for.
 * @module
 */
type Command = { describe: string; path: string }

const commands: Record<string, Command> = {
  start: { describe: 'everything on this machine', path: 'start.ts' },
  relay: {
    describe: 'a directory that introduces tabs to each other',
    path: '../../relay/src/main.ts',
  },
  gateway: { describe: "OpenAI's endpoints over the network", path: '../../gateway/src/main.ts' },
  node: { describe: 'a contributor without a browser', path: 'commands/node.ts' },
  verify: {
    describe: 'checks a receipt, and computes its answer again',
    path: 'commands/verify.ts',
  },
  manifest: { describe: 'describes a model by its hashes', path: '../../../tooling/manifest.ts' },
  bench: { describe: 'measures one thing', path: '../../bench/src/main.ts' },
  doctor: {
    describe: 'what works on this machine, and what to do about the rest',
    path: 'commands/doctor.ts',
  },
}

const usage = `Usage: weft COMMAND [options]

${Object.entries(commands)
  .map(([name, { describe }]) => `  ${name.padEnd(10)} ${describe}`)
  .join('\n')}

weft COMMAND --help lists its options.`

const [node = '', , name = '', ...rest] = process.argv
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
if (command) {
  const url = new URL(command.path, import.meta.url)
  process.argv = [node, url.pathname, ...rest]
  await import(url.href)
} else {
  const isAsked = ['', 'help', '--help'].includes(name)
  console[isAsked ? 'log' : 'error'](isAsked ? usage : `There is no command "${name}".\n\n${usage}`)
  process.exit(isAsked ? 0 : 2)
}
