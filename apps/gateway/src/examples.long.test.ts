/** The examples of `examples/`, which the docs show, each as a process of its own. */
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from './access/api-keys.ts'
import { openGatewayStage } from './testing/gateway-stage.ts'

const { key, sha256 } = createKey()
let stage: Awaited<ReturnType<typeof openGatewayStage>>
let environment: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await openGatewayStage()
  const { baseURL } = await stage.start({ keys: [{ name: 'tests', sha256 }] })
  environment = { ...process.env, WEFT_GATEWAY: baseURL, WEFT_KEY: key }
})
afterAll(() => stage.close())

async function run(command: string, name: string): Promise<string> {
  const file = fileURLToPath(new URL(`../examples/${name}`, import.meta.url))
  const { stdout } = await promisify(execFile)(command, [file], { env: environment })
  return stdout
}

test('openai.ts', async () => {
  expect(await run(process.execPath, 'openai.ts')).toMatch(/\w+ \w+/)
})

const hasCurl = spawnSync('curl', ['--version']).status === 0

test.skipIf(!hasCurl)('curl.sh', async () => {
  const said = await run('sh', 'curl.sh')
  expect(said).toMatch(/^weft-receipt: [\w-]+\r$/m)
  expect(said).toMatch(/"content":"[^"]*42/)
})
