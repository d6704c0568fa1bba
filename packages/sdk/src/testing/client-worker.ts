/**
 * A module worker that asks by itself.
 * @module
 */
import { createClient } from '../client.ts'
import type { ChatCompletionParams } from '../openai/chat-params.ts'

type Asked = { modelsUrl: string; asked: ChatCompletionParams & { stream?: false } }

// Vitest rewrites each `import()` to a call of what only its pages have.
const runner = { wrapDynamicImport: (load: () => Promise<unknown>) => load() }
Object.assign(globalThis, { __vitest_browser_runner__: runner })

globalThis.addEventListener('message', async ({ data }) => {
  const { modelsUrl, asked } = data as Asked
  try {
    const client = await createClient({ modelsUrl, local: true })
    const { choices } = await client.chat.completions.create(asked)
    await client.close()
    globalThis.postMessage(choices[0].message.content)
  } catch (error) {
    globalThis.postMessage(String(error))
  }
})
