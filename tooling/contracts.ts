/**
 * `npm run contracts`: formats, builds and tests the contracts, writes ABIs, bytecode and gas; with `--check`
 * (as `npm test` runs it) writes nothing and fails where what is committed is not what comes out.
 * @module
 */
import { contractSteps } from './check-steps.ts'
import { runStep } from './run-step.ts'

for (const step of contractSteps({ isCheck: process.argv.includes('--check') })) {
  if (!(await runStep(step))) process.exit(1)
}
