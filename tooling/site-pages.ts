/**
 * The pages that the site has beside its own, and the headers of each: a deployment has to send the same.
 * @module
 */
import type { ServerResponse } from 'node:http'
import type { Connect, Plugin } from 'vite'

type Headers = Record<string, string>

/** Content-Security-Policy by directive. */
type Policy = Record<string, string>

export type SitePagesInit = {
  /** Folder of the site's sources. */
  root: string
  policy: Policy
}

/** In other pages, asked by `/widget.js`; and the window in which its visitor may decide. */
const framePath = '/widget/frame.html'
const windowPath = '/widget/allow.html'
const scriptPath = '/widget.js'

/** Pages that are entries of the build. */
const entries = ['index.html', framePath.slice(1), windowPath.slice(1), 'examples/react.html']

/**
 * Cross-origin isolation gives the engine wasm threads. What comes from other origins are model files only,
 * which their servers have to allow by CORS.
 */
const isolated: Headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** @returns the headers that a path is answered with; without a policy while one develops */
function headersOf(path: string, policy: Policy, isBuilt: boolean): Headers {
  if (path === scriptPath) return { 'Cross-Origin-Resource-Policy': 'cross-origin' }
  const page = pageOf(path, policy)
  const secure = {
    'Content-Security-Policy': Object.entries(page.policy)
      .map((directive) => directive.join(' '))
      .join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
  return { ...page.headers, ...(isBuilt ? secure : {}) }
}

function pageOf(path: string, policy: Policy) {
  if (path === framePath) {
    const anywhere = {
      ...policy,
      // In whose page it is, and whether that may ask, is for its visitor to say.
      'frame-ancestors': 'http: https:',
      // The gateway of an app that pays for its visitors can be anywhere, as relays can.
      'connect-src': `${policy['connect-src']} https: http://localhost:* http://127.0.0.1:*`,
    }
    const headers = { ...isolated, 'Cross-Origin-Resource-Policy': 'cross-origin' }
    return { policy: anywhere, headers }
  }
  // They stand for other people's pages, which are not isolated.
  if (path.startsWith('/examples/')) return { policy, headers: {} }
  // It answers the frame that opened it, which an isolated window could not.
  if (path === windowPath) return { policy, headers: {} }
  return { policy, headers: isolated }
}

/** Builds all pages of the site, and answers for each with its headers. */
export function sitePages(init: SitePagesInit): Plugin {
  const answer =
    (isBuilt: boolean): Connect.NextHandleFunction =>
    ({ url = '/' }, response: ServerResponse, next) => {
      const path = url.split(/[?#]/)[0] ?? '/'
      const headers = headersOf(path, init.policy, isBuilt)
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      next()
    }
  return {
    name: 'weft:site-pages',
    config: ({ root }) =>
      root === init.root
        ? { build: { rolldownOptions: { input: entries.map((page) => `${init.root}/${page}`) } } }
        : {},
    configureServer: ({ middlewares }) => void middlewares.use(answer(false)),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(answer(true)),
  }
}
