/**
 * `/widget.js`: the widget as one classic script, so that a single tag is all that a page needs.
 * @module
 */
import { fileURLToPath } from 'node:url'
import { build, type Connect, type Plugin } from 'vite'

const entry = fileURLToPath(new URL('../packages/widget/src/script.ts', import.meta.url))
const fileName = 'widget.js'

/** @returns the script, minified */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      target: 'es2023',
      lib: { entry, formats: ['iife'], name: 'weftWidget', fileName: () => fileName },
    },
  })
  const [{ output } = { output: [] }] = Array.isArray(built) ? built : []
  const [script] = output
  if (script?.type !== 'chunk') throw new Error('The widget was built into something else.')
  return script.code
}

/** Puts the script beside the site, or answers for it while one develops. */
export function widgetScript(): Plugin {
  const answer: Connect.NextHandleFunction = async (request, response, next) => {
    if (request.url?.split('?')[0] !== `/${fileName}`) return next()
    response.setHeader('Content-Type', 'text/javascript')
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    response.end(await bundle())
  }
  return {
    name: 'weft:widget-script',
    configureServer: ({ middlewares }) => void middlewares.use(answer),
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName, source: await bundle() })
    },
  }
}
