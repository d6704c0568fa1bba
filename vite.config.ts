import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Cross-origin isolation gives the engine wasm threads; the page loads nothing from other origins. */
const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export default defineConfig({
  root: 'apps/web',
  publicDir: '../../public',
  plugins: [react(), tailwindcss()],
  worker: { format: 'es' },
  resolve: {
    // The small JavaScript of ONNX Runtime Web, its WebAssembly served as an asset of ours.
    conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'],
  },
  optimizeDeps: { exclude: ['onnxruntime-web', '@libp2p/webrtc'] },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: { outDir: '../../dist', emptyOutDir: true, target: 'es2023' },
})
