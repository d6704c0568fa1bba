import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { chromiumFlags, chromiumSandbox, findChromium } from './apps/weft/src/chromium.ts'

const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}
const executablePath = findChromium()?.executablePath

const inNode = {
  environment: 'node',
  // Many of these wait for deadlines.
  maxWorkers: 3,
  // Real models and real protocols, on machines that do other work beside.
  testTimeout: 30_000,
  hookTimeout: 30_000,
}

/** Not in the process of others: a test that replaces a module or a global, or needs one as nobody has left it. */
const alone = '{packages,apps,tooling}/**/*.alone.test.ts'
/** What `npm run check` has no time for. */
const long = '{packages,apps,tooling}/**/*.long.test.ts'
const inBrowser = '{packages,apps}/**/*.browser.test.ts'

export default defineConfig({
  test: {
    // What a file becomes is the same as long as it is the same.
    fsModuleCache: true,
    projects: [
      // Sharing processes saves them a third of their time, which went into reading the same modules again.
      {
        test: {
          ...inNode,
          name: 'node',
          isolate: false,
          setupFiles: ['tooling/same-globals.ts'],
          include: ['{packages,apps,tooling}/**/*.test.ts'],
          exclude: ['**/node_modules/**', alone, long, inBrowser],
        },
      },
      { test: { ...inNode, name: 'alone', include: [alone] } },
      { test: { ...inNode, name: 'long', include: [long] } },
      {
        server: { headers: isolationHeaders },
        optimizeDeps: { exclude: ['onnxruntime-web'] },
        test: {
          name: 'browser',
          include: [inBrowser],
          testTimeout: 60_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(executablePath ? { executablePath } : {}),
                chromiumSandbox,
                args: [...chromiumFlags.quiet, ...chromiumFlags.softwareGpu],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
