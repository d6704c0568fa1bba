/**
 * Builds and serves the site, and tells it where its relays are.
 * @module
 */
import { fileURLToPath } from 'node:url'
import { build, type Connect, createServer, type InlineConfig, type Plugin, preview } from 'vite'

export type SiteConfig = {
  relays: string[]
  iceServers: { urls: string }[]
  modelsUrl: string
}

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
  location?: PageLocation
}): Promise<Site> {
  const { host, port, config, dev, location = {} } = init
  const shared: InlineConfig = {
    configFile,
    logLevel: 'error',
    plugins: [siteConfig(config)],
    ...at(location),
  }
  const listen = { host, port, strictPort: true }
  const url = `http://localhost:${port}`
  if (dev) {
    const server = await createServer({ ...shared, server: listen })
    await server.listen()
    return { url, stop: () => server.close() }
  }
  const server = await preview({ ...shared, preview: listen })
  return { url, stop: () => server.close() }
}

/** Answers `/weft.json`, which a deployed site serves as a file. */
function siteConfig(config: SiteConfig): Plugin {
  const middleware: Connect.NextHandleFunction = (request, response, next) => {
    if (request.url?.split('?')[0] !== '/weft.json') return next()
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Cache-Control', 'no-store')
    response.end(JSON.stringify(config))
  }
  return {
    name: 'weft:site-config',
    configureServer: ({ middlewares }) => void middlewares.use(middleware),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(middleware),
  }
}
