/**
 * Finds a Chromium to run contributor tabs, tests and benchmarks in.
 * @module
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

/** Chromium refuses its sandbox to root, as in containers; everybody else keeps it. */
export const chromiumSandbox = process.getuid?.() !== 0

export type FoundChromium = {
  /** Absolute path of the executable. */
  executablePath: string
  /** Where it was found, in words for a person. */
  source: 'CHROMIUM_PATH' | 'installed browser' | 'Playwright browser'
}

const installedNames = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
]

const installedPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Command-line switches by purpose. */
export const chromiumFlags = {
  /** No update checks, no first-run pages, no background traffic. */
  quiet: [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
  /** WebGPU on the CPU (SwiftShader), for machines without a GPU. */
  softwareGpu: [
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    '--ignore-gpu-blocklist',
  ],
  /** WebGPU on whatever graphics device a machine without a screen has. */
  deviceGpu: [
    '--enable-unsafe-webgpu',
    '--enable-features=Vulkan',
    '--use-angle=vulkan',
    '--disable-vulkan-surface',
    '--ignore-gpu-blocklist',
  ],
}

/** What lets tabs of browsers that we start reach each other. */
export type Reach = { args: string[]; permissions: string[] }

/**
 * Without a way out, Chromium names no address of this machine to other tabs. It does to a page that may use the
 * microphone, and with this switch loopback is one of them.
 */
export function reachOf(hasRoute: boolean): Reach {
  if (hasRoute) return { args: [], permissions: [] }
  return { args: ['--allow-loopback-in-peer-connection'], permissions: ['microphone'] }
}

/**
 * Looks, in this order, at `CHROMIUM_PATH`, at installed browsers, and at Playwright's own.
 * @returns undefined when there is none.
 */
export function findChromium(
  environment: NodeJS.ProcessEnv = process.env,
): FoundChromium | undefined {
  const named = environment.CHROMIUM_PATH
  if (named && isExecutable(named)) return { executablePath: named, source: 'CHROMIUM_PATH' }
  const onPath = (environment.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => installedNames.map((name) => join(folder, name)))
  for (const executablePath of [...onPath, ...installedPaths]) {
    if (isExecutable(executablePath)) return { executablePath, source: 'installed browser' }
  }
  const managed = chromium.executablePath()
  if (isExecutable(managed)) return { executablePath: managed, source: 'Playwright browser' }
  return undefined
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
