/**
 * `npm run check`: everything that needs no browser, in under two minutes.
 * @module
 */
import { checkSteps } from './check-steps.ts'
import { runStep } from './run-step.ts'

for (const step of checkSteps) {
  if (!(await runStep(step))) process.exit(1)
}
