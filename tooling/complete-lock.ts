/**
 * Adds to package-lock.json the builds for other platforms that npm left out. Where a registry mirror
 * lacks a build, npm writes a lock file without it, and `npm ci` then refuses that lock file
 * everywhere. Run after every `npm install` that changes the lock file: `npm run lock`.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises'

type LockEntry = {
  version?: string
  cpu?: string[]
  dev?: boolean
  optional?: boolean
  os?: string[]
  engines?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const path = new URL('../package-lock.json', import.meta.url)
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

const lock: { packages: Record<string, LockEntry> } = JSON.parse(await readFile(path, 'utf8'))
let added = 0
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`
    const platform = platformOf(name)
    if (lock.packages[key] || !platform || !/^\d/.test(version)) continue
    lock.packages[key] = {
      version,
      ...platform,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    }
    added += 1
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
)
await writeFile(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`Added ${added} builds for other platforms.`)

/** The platform that a package is built for, by its name; undefined for what is no such build. */
function platformOf(name: string): Pick<LockEntry, 'cpu' | 'os'> | undefined {
  const words = name.split(/[-/]/)
  const cpu = processors.find((processor) => words.includes(processor))
  const os = systems.find((system) => words.includes(system))
  if (!cpu) return undefined
  return { cpu: [cpu], ...(os ? { os: [os] } : {}) }
}
