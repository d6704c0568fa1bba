import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { publicNetworks } from './packages/contracts/src/networks.ts'
import { webrtcDialRace } from './packages/network/vite-plugin-webrtc-dial-race.ts'
import { sitePages } from './tooling/site-pages.ts'
import { sourceOrigins } from './tooling/source-origins.ts'
import { widgetScript } from './tooling/widget-script.ts'

const inRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * The hub and what it redirects to, and wherever else the catalogue says that files lie: read when the
 * site is started, so a deployment has to take it over with every new source. A source that redirects
 * to a third origin is refused; name that one in the catalogue instead.
 */
const modelOrigins = [
  'https://huggingface.co',
  'https://*.hf.co',
  ...sourceOrigins(inRoot('public/models/catalogue.json')),
]

/** Nodes of the networks that jobs are paid on; a chain that runs beside the site has the site's own. */
const chainOrigins = Object.values(publicNetworks)
  .filter(({ contracts }) => contracts)
  .flatMap(({ rpcUrls }) => rpcUrls.map((url) => new URL(url).origin))

/**
 * Scripts of this origin only, so that text from a peer can never become code. Relays are websockets
 * anywhere; ONNX Runtime starts its threads from blobs.
 */
const policy = {
  'default-src': "'self'",
  'script-src': "'self' 'wasm-unsafe-eval' blob:",
  'worker-src': "'self' blob:",
  // Model files count only when their hashes are the manifest's, see decisions/0013.
  'connect-src': ["'self' ws: wss:", ...modelOrigins, ...chainOrigins].join(' '),
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
}

const root = inRoot('apps/web')

export default defineConfig({
  root,
  publicDir: inRoot('public'),
  plugins: [react(), tailwindcss(), webrtcDialRace(), sitePages({ root, policy }), widgetScript()],
  worker: { format: 'es' },
  resolve: {
    // The small JavaScript of ONNX Runtime Web, its WebAssembly served as an asset of ours.
    conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'],
  },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  build: { outDir: inRoot('dist'), emptyOutDir: true, target: 'es2023' },
})
