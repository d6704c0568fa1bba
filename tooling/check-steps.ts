import { foundryBinary } from '@weft/contracts/foundry-binary'
import type { Step } from './run-step.ts'

/** Where the runners leave their counts. */
export const reportFolder = '.weft/test-reports'

/** What the last run found out, so that the next one looks at what has changed. */
const cacheFolder = 'node_modules/.cache/weft'

/** What the sources say by themselves. */
export const sourceSteps: Step[] = [
  {
    name: 'format, lint and layers',
    command: 'biome',
    arguments: ['check', '--error-on-warnings', '.'],
  },
  {
    name: 'types',
    command: 'tsc',
    arguments: ['-p', '.', '--incremental', '--tsBuildInfoFile', `${cacheFolder}/types.json`],
  },
  { name: 'unused files and dependencies', command: 'knip', arguments: [] },
]

/** @param projects - of vitest.config.ts */
export function nodeTests(projects: readonly ('node' | 'alone' | 'long')[]): Step {
  return vitestStep('tests in Node', 'node', projects)
}

export const browserTests: Step = vitestStep('tests in a real browser', 'browser', ['browser'])

/** @param report - where its counts are left */
function vitestStep(name: string, report: string, projects: readonly string[]): Step {
  return {
    name,
    command: 'vitest',
    arguments: [
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFolder}/${report}.json`,
    ],
  }
}

/** Contracts by forge: about half a minute where nothing is built yet, a few seconds where it is. */
export function contractSteps({ isCheck }: { isCheck: boolean }): Step[] {
  const forge = foundryBinary('forge')
  return [
    {
      name: 'contracts: format',
      command: forge,
      arguments: ['fmt', ...(isCheck ? ['--check'] : [])],
    },
    {
      name: 'contracts: unit, fuzz and invariant tests, gas',
      command: forge,
      arguments: ['test', ...(isCheck ? ['--gas-snapshot-check', 'true'] : [])],
    },
    {
      name: 'contracts: ABIs and bytecode',
      command: 'node',
      arguments: ['packages/contracts/generate.ts', ...(isCheck ? ['--check'] : [])],
    },
  ]
}
