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
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...inNode,
          name: 'node',
          include: ['{packages,apps,tooling}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.{browser,long}.test.ts'],
        },
      },
      // What `npm run check` has no time for.
      {
        test: { ...inNode, name: 'long', include: ['{packages,apps,tooling}/**/*.long.test.ts'] },
      },
      {
        server: { headers: isolationHeaders },
        optimizeDeps: { exclude: ['onnxruntime-web'] },
        test: {
          name: 'browser',
          include: ['{packages,apps}/**/*.browser.test.ts'],
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
