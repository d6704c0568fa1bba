/**
 * Makes sure that there is a Chromium for the tests.
 * @module
 */
import { type FoundChromium, findChromium } from '@weft/weft/chromium'
import { runStep, type Step } from './run-step.ts'

/** In order: Debian's package where we may install it, Playwright's own build elsewhere. */
const installers: { possible: () => boolean; steps: Step[] }[] = [
  {
    possible: () => process.platform === 'linux' && process.getuid?.() === 0,
    steps: [
      { name: 'package lists', command: 'apt-get', arguments: ['update', '-qq'] },
      {
        name: 'installing Chromium',
        command: 'apt-get',
        arguments: ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
        environment: { DEBIAN_FRONTEND: 'noninteractive' },
      },
    ],
  },
  {
    possible: () => true,
    steps: [
      { name: 'installing Chromium', command: 'playwright', arguments: ['install', 'chromium'] },
    ],
  },
]

/** @throws Error that says how to get one by hand */
export async function ensureChromium(): Promise<FoundChromium> {
  const present = findChromium()
  if (present) return present
  for (const { possible, steps } of installers) {
    if (!possible()) continue
    for (const step of steps) await runStep(step)
    const found = findChromium()
    if (found) return found
  }
  throw new Error('No Chromium could be installed. Install one and set CHROMIUM_PATH to it.')
}
