/**
 * The stage of a speed benchmark: the models and the page served, and a Chromium with a tab of its own
 * for each contestant.
 * @module
 */
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromiumFlags, chromiumSandbox, findChromium } from '@weft/weft/chromium'
import { freePort } from '@weft/weft/free-port'
import { buildSite } from '@weft/weft/site'
import { chromium, type Page } from 'playwright-core'
import type { ModelPage } from '../model-page/model-page.ts'
import { modelsFolder } from './bench-models.ts'
import type { Gpu } from './model-options.ts'
import { serveFolders } from './serve-folders.ts'

declare global {
  interface Window {
    modelPage: ModelPage
  }
}

export type ModelStage = {
  /** e.g. `Chromium 156.0.1` */
  browser: string
  /** A fresh page in a process of its own. Close it to free its memory. */
  openPage(): Promise<Page>
  close(): Promise<void>
}

const host = '127.0.0.1'
const pageFolder = fileURLToPath(new URL('../model-page/', import.meta.url))
const buildFolder = fileURLToPath(new URL('../../../.weft/bench-model-page/', import.meta.url))

const gpuFlags: Record<Gpu, string[]> = {
  software: chromiumFlags.softwareGpu,
  device: chromiumFlags.deviceGpu,
}

/**
 * @param model a folder that is served as `/model/`
 * @throws Error when there is no Chromium or a part does not start
 */
export async function openModelStage(gpu: Gpu, model?: string): Promise<ModelStage> {
  const found = findChromium()
  if (!found) throw new Error('No Chromium was found. Install one, or set CHROMIUM_PATH.')
  mkdirSync(modelsFolder, { recursive: true })
  await buildSite({ root: pageFolder, outDir: buildFolder })
  const server = await serveFolders({
    host,
    port: await freePort(7480, host),
    folders: {
      '/': buildFolder,
      '/models/': modelsFolder,
      ...(model ? { '/model/': model } : {}),
      '/transformers-runtime/': transformersRuntime(),
    },
  })
  try {
    const browser = await chromium.launch({
      executablePath: found.executablePath,
      chromiumSandbox,
      args: [...chromiumFlags.quiet, ...gpuFlags[gpu]],
    })
    return {
      browser: `Chromium ${browser.version()}`,
      async openPage() {
        const page = await browser.newPage()
        await page.goto(server.url)
        await page.waitForFunction(() => 'modelPage' in window)
        return page
      },
      async close() {
        await browser.close()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** The folder of the ONNX Runtime that transformers.js pins, which is not ours. */
function transformersRuntime(): string {
  const transformers = createRequire(import.meta.url).resolve('@huggingface/transformers')
  return dirname(createRequire(transformers).resolve('onnxruntime-web/webgpu'))
}
