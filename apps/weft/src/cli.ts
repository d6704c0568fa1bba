#!/usr/bin/env node
/**
 * `npx weft COMMAND`: each is a program of its own, loaded when it is asked for.
 * @module
 */
type Command = { describe: string; path: string }

const commands: Record<string, Command> = {
  start: {
    describe: 'relay, site, chain, gateway and a contributor, all on this machine',
    path: 'start.ts',
  },
  relay: {
    describe: 'introduces tabs to each other, and knows who serves what',
    path: '../../relay/src/main.ts',
  },
  gateway: {
    describe: "OpenAI's endpoints over the network; its API keys, and what it may spend",
    path: '../../gateway/src/main.ts',
  },
  node: { describe: 'answers for others without a browser', path: 'commands/node.ts' },
  verify: {
    describe: 'checks a receipt, and computes its answer again',
    path: 'commands/verify.ts',
  },
  manifest: {
    describe: 'describes a model, so that a site can offer it',
    path: '../../../tooling/manifest.ts',
  },
  bench: {
    describe: 'measures speed and cost, one thing at a time',
    path: '../../bench/src/main.ts',
  },
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
  const isAsked = ['', 'help', '-h', '--help'].includes(name)
  console[isAsked ? 'log' : 'error'](isAsked ? usage : `There is no command "${name}".\n\n${usage}`)
  process.exit(isAsked ? 0 : 2)
}
