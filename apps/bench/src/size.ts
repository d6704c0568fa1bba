/**
 * What a builder's page and a first visit have to load, as bytes of script behind gzip.
 * @module
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chromiumFlags, chromiumSandbox, findChromium } from '@weft/weft/chromium'
import { freePort } from '@weft/weft/free-port'
import { buildSite, serveSite } from '@weft/weft/site'
import { chromium } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { type Bench, type BenchRow, rounded } from './report.ts'

const inRoot = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const host = '127.0.0.1'
/** A page that loads nothing more for so long has loaded what it needs. */
const quietMs = 3_000

export const size: Bench = {
  describe:
    'Kilobytes of script behind gzip: the widget before it is opened, the SDK, a first visit',
  goals: { widgetLoaderKb: '<= 15', sdkCoreKb: '<= 60', firstVisitKb: '<= 200' },
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'weft-size-'))
    try {
      await buildSite({ outDir: folder })
      const loader = await readFile(join(folder, 'widget.js'))
      const visit = await visitOnce(folder)
      const core = await bundleSdk([/^@weft\/(engine|network)(\/|$)/])
      const whole = await bundleSdk([])
      const sum = (rows: BenchRow[]) => rows.reduce((total, { kb }) => total + Number(kb), 0)
      return {
        name: 'size',
        metrics: {
          widgetLoaderKb: kilobytes(loader),
          sdkCoreKb: rounded(core, 1),
          sdkWithAllKb: rounded(whole, 1),
          firstPaintKb: rounded(sum(visit.filter(({ when }) => when === 'first paint')), 1),
          firstVisitKb: rounded(sum(visit), 1),
        },
        notes: [
          'sdkCoreKb is the SDK without engine and transport, sdkWithAllKb with both; neither has the ONNX runtime.',
          'firstPaintKb is what the page needs to be seen; the tab and its network open behind that.',
          'firstVisitKb is every script that a browser fetches from the site until it is quiet, before a prompt.',
        ],
        rows: visit,
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}

/** What a browser fetches of the site's scripts when nobody does anything. */
async function visitOnce(folder: string): Promise<BenchRow[]> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium was found.')
  const config = { relays: [], iceServers: [], modelsUrl: '/models/' }
  const port = await freePort(7_900, host)
  const site = await serveSite({ host, port, config, dev: false, location: { outDir: folder } })
  const { executablePath } = found
  const browser = await chromium.launch({
    executablePath,
    chromiumSandbox,
    args: chromiumFlags.quiet,
  })
  try {
    const page = await browser.newPage()
    const paths = new Set<string>()
    let lastMs = performance.now()
    page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      if (!/\.m?js$/.test(pathname)) return
      paths.add(pathname)
      lastMs = performance.now()
    })
    await page.goto(site.url)
    while (performance.now() - lastMs < quietMs) await page.waitForTimeout(200)
    const html = await readFile(join(folder, 'index.html'), 'utf8')
    const rows = [...paths].map(async (path) => {
      const bytes = await readFile(join(folder, path))
      // Vite names in the page whatever its entry imports at once.
      const when = html.includes(`"${path}"`) ? 'first paint' : 'the tab opens'
      return { script: path.split('/').at(-1) ?? path, when, kb: kilobytes(bytes) }
    })
    return (await Promise.all(rows)).sort((a, b) => b.kb - a.kb)
  } finally {
    await browser.close()
    await site.stop()
  }
}

/** @returns kilobytes of the chunks that a page has to load for `@weft/sdk`, less what is external */
async function bundleSdk(external: RegExp[]): Promise<number> {
  const built = await build({
    configFile: inRoot('vite.config.ts'),
    root: inRoot('packages/sdk'),
    publicDir: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      lib: { entry: inRoot('packages/sdk/src/index.ts'), formats: ['es'] },
      rolldownOptions: { external },
    },
  })
  const [{ output } = { output: [] }] = (
    Array.isArray(built) ? built : [built]
  ) as Rolldown.RolldownOutput[]
  const chunks = output.flatMap((each) => (each.type === 'chunk' ? [each] : []))
  const needed = new Set<string>()
  const need = (name: string) => {
    const chunk = chunks.find(({ fileName }) => fileName === name)
    if (!chunk || needed.has(name)) return
    needed.add(name)
    for (const each of chunk.imports) need(each)
  }
  for (const { isEntry, fileName } of chunks) if (isEntry) need(fileName)
  return chunks
    .filter(({ fileName }) => needed.has(fileName))
    .reduce((total, { code }) => total + kilobytes(Buffer.from(code)), 0)
}

function kilobytes(bytes: Buffer): number {
  return rounded(gzipSync(bytes, { level: 9 }).length / 1_000, 1)
}
