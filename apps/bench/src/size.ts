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
import { startRelay } from '@weft/weft/relay-process'
import { buildSite, serveSite } from '@weft/weft/site'
import { chromium, type Page } from 'playwright-core'
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
      const until = (...moments: Moment[]) =>
        rounded(sum(visit.filter(({ when }) => moments.includes(when))), 1)
      const core = await bundleSdk([/^@weft\/(engine|network)(\/|$)/])
      const whole = await bundleSdk([])
      const sum = (rows: BenchRow[]) => rows.reduce((total, { kb }) => total + Number(kb), 0)
      return {
        name: 'size',
        metrics: {
          widgetLoaderKb: kilobytes(loader),
          sdkCoreKb: rounded(core, 1),
          sdkWithAllKb: rounded(whole, 1),
          firstPaintKb: until('first paint'),
          firstVisitKb: until('first paint', 'the page rests'),
          joinKb: until('the network is joined'),
        },
        notes: [
          'sdkCoreKb is the SDK without engine and transport, sdkWithAllKb with both; neither has the ONNX runtime.',
          'firstVisitKb is every script that a browser which was never here fetches until the page is quiet: all of it usable, with how many nodes answer and which model is asked first.',
          'joinKb is what comes on top when the person reaches for the prompt (pointer or focus), an example, Contribute, Verify, Models or Wallet: the SDK and the network, until a relay is online and the page is quiet again. A browser that has joined before has both in its cache and joins at load.',
          'firstPaintKb is what of firstVisitKb the page needs to be seen.',
        ],
        rows: visit,
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}

/** What the browser waits for, as it fetches a script. */
type Moment = 'first paint' | 'the page rests' | 'the network is joined'
type Script = BenchRow & { kb: number; when: Moment }

/** What a browser fetches of the site's scripts: when nobody does anything, and when somebody is about to ask. */
async function visitOnce(folder: string): Promise<Script[]> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium was found.')
  const ends: (() => Promise<unknown>)[] = []
  try {
    const relay = await startRelay({
      host,
      port: await freePort(7_900, host),
      httpPort: await freePort(7_920, host),
      keyFile: join(folder, 'relay.key'),
      stopping: new AbortController().signal,
      onRestart: () => {},
    })
    ends.push(relay.stop)
    const config = { relays: [relay.address], iceServers: [], modelsUrl: '/models/' }
    const port = await freePort(7_940, host)
    const location = { outDir: folder }
    const init = { host, port, config, relayHttp: relay.http, dev: false, location }
    const site = await serveSite(init)
    ends.push(site.stop)
    const { executablePath } = found
    const args = chromiumFlags.quiet
    const browser = await chromium.launch({ executablePath, chromiumSandbox, args })
    ends.push(() => browser.close())
    return await watchScripts(await browser.newPage(), site.url, folder)
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

async function watchScripts(page: Page, url: string, folder: string): Promise<Script[]> {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  const fetched = new Map<string, Moment>()
  let moment: Moment = 'the page rests'
  let lastMs = performance.now()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (!/\.m?js$/.test(pathname) || fetched.has(pathname)) return
    // Vite names in the page whatever its entry imports at once.
    fetched.set(pathname, html.includes(`"${pathname}"`) ? 'first paint' : moment)
    lastMs = performance.now()
  })
  const untilQuiet = async () => {
    while (performance.now() - lastMs < quietMs) await page.waitForTimeout(200)
  }
  const status = page.getByRole('status', { name: 'Network status' })
  await page.goto(url)
  await status.filter({ hasText: 'live' }).waitFor()
  await page.locator('#model-facts').filter({ hasText: 'to run here' }).waitFor()
  await untilQuiet()
  moment = 'the network is joined'
  await page.getByRole('textbox', { name: 'Prompt' }).focus()
  await status.filter({ hasText: 'Online' }).waitFor()
  await untilQuiet()
  const rows = [...fetched].map(async ([path, when]) => {
    const bytes = await readFile(join(folder, path))
    return { script: path.split('/').at(-1) ?? path, when, kb: kilobytes(bytes) }
  })
  return (await Promise.all(rows)).sort((a, b) => b.kb - a.kb)
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
