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
