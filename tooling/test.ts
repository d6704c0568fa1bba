/**
 * `npm test`: every check and every test, a browser installed first if there is none.
 * @module
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { browserTests, contractSteps, nodeTests, reportFolder, sourceSteps } from './check-steps.ts'
import { ensureChromium } from './ensure-chromium.ts'
import { root, runBeside, runStep, type Step } from './run-step.ts'

const endToEnd: Step = {
  name: 'end to end: separate browsers, a relay process',
  command: 'playwright',
  arguments: ['test', '--config', 'e2e/playwright.config.ts'],
  environment: { PLAYWRIGHT_JSON_OUTPUT_FILE: join(root, reportFolder, 'e2e.json') },
}

type Counts = { passed: number; failed: number }

/** Reads the counts that vitest and Playwright leave behind. */
async function readCounts(name: string): Promise<Counts> {
  const text = await readFile(join(root, reportFolder, `${name}.json`), 'utf8').catch(() => '{}')
  const report = JSON.parse(text)
  return {
    passed: report.numPassedTests ?? report.stats?.expected ?? 0,
    failed: report.numFailedTests ?? report.stats?.unexpected ?? 0,
  }
}

await rm(join(root, reportFolder), { recursive: true, force: true })
const chromium = await ensureChromium()
console.log(`Chromium: ${chromium.executablePath} (${chromium.source})`)

let failedSteps = await runBeside(nodeTests(['node', 'alone', 'long']), [
  ...sourceSteps,
  ...contractSteps({ isCheck: true }),
])
for (const step of [browserTests, endToEnd]) {
  if (!(await runStep(step))) failedSteps += 1
}
const counts = await Promise.all(['node', 'browser', 'e2e'].map(readCounts))
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
if (failedSteps > 0) console.log(`\n${failedSteps} of the steps failed, see FAILED above.`)
console.log(`\n${passed} passed, ${Math.max(failed, failedSteps)} failed`)
process.exit(failedSteps > 0 || passed === 0 ? 1 : 0)
