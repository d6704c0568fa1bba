import { foundryBinary } from '@weft/contracts/foundry-binary'
import type { Step } from './run-step.ts'

/** Where the runners leave their counts. */
export const reportFolder = '.weft/test-reports'

export const checkSteps: Step[] = [
  {
    name: 'format, lint and layers',
    command: 'biome',
    arguments: ['check', '--error-on-warnings', '.'],
  },
  { name: 'types', command: 'tsc', arguments: ['-p', '.'] },
  { name: 'unused files and dependencies', command: 'knip', arguments: [] },
  {
    name: 'unit tests',
    command: 'vitest',
    arguments: [
      'run',
      '--project',
      'node',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFolder}/unit.json`,
    ],
  },
]

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
