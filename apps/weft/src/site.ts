/**
 * Builds and serves the site, and tells it where its relays and chains are.
 * @module
 */
import { fileURLToPath } from 'node:url'
import { type Network, publicNetworks } from '@weft/contracts/networks'
import { build, type Connect, createServer, type InlineConfig, type Plugin, preview } from 'vite'

export type SiteConfig = {
  relays: string[]
  iceServers: { urls: string }[]
  modelsUrl: string
}

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

/** @throws Error when the port is taken */
export async function serveSite(init: {
  host: string
  port: number
  config: SiteConfig
  dev: boolean
  chain?: SiteChain | undefined
  location?: PageLocation
}): Promise<Site> {
  const { host, port, config, dev, chain, location = {} } = init
  const shared: InlineConfig = {
    configFile,
    logLevel: 'error',
    plugins: [siteConfig(config, chain)],
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

/** Answers `/weft.json`, which a deployed site serves as a file, and for a chain that runs beside it. */
function siteConfig(config: SiteConfig, chain: SiteChain | undefined): Plugin {
  const middleware: Connect.NextHandleFunction = (request, response, next) => {
    if (request.url?.split('?')[0] !== '/weft.json') return next()
    const networks = [...(chain ? [chain.network()] : []), ...Object.values(publicNetworks)]
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Cache-Control', 'no-store')
    response.end(JSON.stringify({ ...config, networks }))
  }
  const answer = ({ middlewares }: { middlewares: Connect.Server }) => {
    middlewares.use(middleware)
    if (chain) middlewares.use(chain.middleware)
  }
  return { name: 'weft:site-config', configureServer: answer, configurePreviewServer: answer }
}
