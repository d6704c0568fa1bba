/**
 * Builds and serves the site, and tells it where its relays and chains are.
 * @module
 */
import type { ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Network, publicNetworks } from '@weft/contracts/networks'
import { build, type Connect, createServer, type InlineConfig, type Plugin, preview } from 'vite'

export type SiteConfig = {
  relays: string[]
  iceServers: { urls: string }[]
  modelsUrl: string
}

/** Where the site tells what its relay says at `/live`. */
const livePath = '/live.json'
const liveTimeoutMs = 2_000

/** A chain that runs beside the site, as `startChain` gives it. */
export type SiteChain = { network(): Network; middleware: Connect.NextHandleFunction }

/** Another page than apps/web, e.g. the one of the benchmarks. */
export type PageLocation = { root?: string; outDir?: string }

export type Site = { url: string; stop(): Promise<void> }

const configFile = fileURLToPath(new URL('../../../vite.config.ts', import.meta.url))

/** Bundles apps/web into `dist/`. @throws Error with the bundler's message */
export async function buildSite(location: PageLocation = {}): Promise<void> {
  await build({ configFile, logLevel: 'error', ...at(location) })
}

function at({ root, outDir }: PageLocation): InlineConfig {
  return { ...(root ? { root } : {}), ...(outDir ? { build: { outDir } } : {}) }
}

type SiteInit = {
  host: string
  port: number
  config: SiteConfig
  /** Base URL of the relay's `/live`, from which visitors see how many nodes answer. */
  relayHttp?: string | undefined
  dev: boolean
  chain?: SiteChain | undefined
  location?: PageLocation
}

/** @throws Error when the port is taken */
export async function serveSite(init: SiteInit): Promise<Site> {
  const { host, port, dev, location = {} } = init
  const shared: InlineConfig = {
    configFile,
    logLevel: 'error',
    plugins: [siteConfig(init)],
    ...at(location),
  }
  const listen = { host, port, strictPort: true }
  const url = `http://localhost:${port}`
  if (dev) {
    const server = await leavingSignals(() => createServer({ ...shared, server: listen }))
    await server.listen()
    return { url, stop: () => server.close() }
  }
  const server = await leavingSignals(() => preview({ ...shared, preview: listen }))
  return { url, stop: () => server.close() }
}

/** Vite would end the process at SIGTERM, while the chain beside it still writes its state. */
async function leavingSignals<Server>(open: () => Promise<Server>): Promise<Server> {
  const before = process.listeners('SIGTERM')
  const server = await open()
  for (const listener of process.listeners('SIGTERM')) {
    if (!before.includes(listener)) process.off('SIGTERM', listener)
  }
  return server
}

/** Answers `/weft.json`, which a deployed site serves as a file; for its relay; for a chain that runs beside it. */
function siteConfig({ config, relayHttp, chain }: SiteInit): Plugin {
  const say = (response: ServerResponse, value: unknown) => {
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Cache-Control', 'no-store')
    response.end(JSON.stringify(value))
  }
  const middleware: Connect.NextHandleFunction = async (request, response, next) => {
    const path = request.url?.split('?')[0]
    if (path === '/weft.json') {
      const networks = [...(chain ? [chain.network()] : []), ...Object.values(publicNetworks)]
      say(response, { ...config, ...(relayHttp ? { live: livePath } : {}), networks })
    } else if (path === livePath && relayHttp) {
      say(response, await readLive(relayHttp))
    } else next()
  }
  const answer = ({ middlewares }: { middlewares: Connect.Server }) => {
    middlewares.use(middleware)
    if (chain) middlewares.use(chain.middleware)
  }
  return { name: 'weft:site-config', configureServer: answer, configurePreviewServer: answer }
}

/** @returns what the relay says, or null while it says nothing */
async function readLive(relayHttp: string): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(liveTimeoutMs)
    return await (await fetch(`${relayHttp}/live`, { signal })).json()
  } catch {
    return null
  }
}
