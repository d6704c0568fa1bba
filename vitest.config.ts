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

/**
 * Tests of plain values, which leave nothing behind that another one could find: no global that is replaced, no
 * database, no WebAssembly of ONNX. Many of them share a process, which saves most of what they take.
 */
const plain =
  '{apps/{web,bench},packages/{payments,protocol,verification,widget},tooling}/**/*.test.ts'
const elsewhere = ['**/node_modules/**', '**/*.{browser,long}.test.ts']

export default defineConfig({
  test: {
    // What a file becomes is the same as long as it is the same.
    fsModuleCache: true,
    projects: [
      {
        test: {
          ...inNode,
          name: 'node',
          include: ['{packages,apps,tooling}/**/*.test.ts'],
          exclude: [...elsewhere, plain],
        },
      },
      { test: { ...inNode, name: 'plain', isolate: false, include: [plain], exclude: elsewhere } },
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
