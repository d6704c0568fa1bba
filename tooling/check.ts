/**
 * `npm run check`: everything that needs no browser, in under two minutes. The first failure ends it.
 * @module
 */
import { nodeTests, sourceSteps } from './check-steps.ts'
import { runBeside } from './run-step.ts'

const failed = await runBeside(nodeTests(['node', 'alone']), sourceSteps, new AbortController())
process.exit(failed > 0 ? 1 : 0)
