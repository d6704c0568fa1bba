/**
 * The site with a cheat's engine in it, beside an honest one whose relay and chain it uses:
 * `serve.ts PORT SITE_URL OUT_FOLDER`.
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeKnownAnswer, nodeRuntime } from '@weft/engine/local'
import { cheapen } from '@weft/engine/testing'
import { type ChatManifest, manifestSchema, parse } from '@weft/protocol'
import * as ort from 'onnxruntime-node'
import { build, type Plugin, preview } from 'vite'
import { coarseFolder } from './cheat.ts'

const [port = '', siteUrl = '', outDir = ''] = process.argv.slice(2)
const inRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const configFile = inRoot('vite.config.ts')
const honestFolder = inRoot('public/models/bobbin')
const cheatEngine = inRoot('e2e/cheats/engine.ts')

await build({ configFile, logLevel: 'error', plugins: [cheating()], build: { outDir } })
await writeCoarse(join(outDir, coarseFolder))
/** The chain answers only who asks it from the page's own address. */
const honest = { target: siteUrl, changeOrigin: false }
await preview({
  configFile,
  logLevel: 'error',
  build: { outDir },
  preview: {
    host: '127.0.0.1',
    port: Number(port),
    strictPort: true,
    proxy: { '/weft.json': honest, '/chain': honest, '/faucet': honest },
  },
})
console.log('The cheats are served.')

/** Everybody but the cheat itself gets its engine. */
function cheating(): Plugin {
  return {
    name: 'weft:cheating',
    enforce: 'pre',
    resolveId: (source, importer) =>
      source === '@weft/engine' && importer !== cheatEngine ? cheatEngine : null,
  }
}

/** Products in 4 bits, with the answer that those give to its own self-test. */
async function writeCoarse(folder: string): Promise<void> {
  const json: unknown = JSON.parse(await readFile(join(honestFolder, 'manifest.json'), 'utf8'))
  const manifest = parse('manifest', manifestSchema, json) as ChatManifest
  const { graph, knownAnswer } = manifest
  const original = await Promise.all(
    manifest.files.map(async ({ path }) => {
      return [path, new Uint8Array(await readFile(join(honestFolder, path)))] as const
    }),
  )
  const files = cheapen(new Map(original), graph, { bits: 4, skippedLayers: 0 })
  const { toleranceAbs } = knownAnswer
  const runtime = nodeRuntime(ort)
  const known = await makeKnownAnswer({ runtime, files, graph, toleranceAbs })
  const write = async (path: string, bytes: string | Uint8Array) => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  for (const [path, bytes] of files) await write(path, bytes)
  await write('manifest.json', JSON.stringify({ ...manifest, knownAnswer: known }))
}
