/**
 * The AI SDK, answered on this device: nothing that is said leaves it.
 *   npx node packages/sdk/examples/ai-sdk.ts   # beside `npm start`; WEFT_URL names another site
 */
import { createClient, readSite } from '@weft/sdk'
import { createWeft } from '@weft/sdk/ai'
import { streamText } from 'ai'

const { modelsUrl } = await readSite(process.env.WEFT_URL ?? 'http://localhost:7070')
const client = await createClient({ modelsUrl, local: true })
await client.prepare('weft/bobbin-2m', {
  onProgress: ({ loadedBytes, totalBytes }) => console.log(`${loadedBytes} of ${totalBytes} bytes`),
})

const weft = createWeft({ client })
const { textStream } = streamText({
  model: weft('weft/bobbin-2m'),
  prompt: 'Tell me a story about a fox.',
  maxOutputTokens: 48,
})
for await (const text of textStream) process.stdout.write(text)
console.log()

await client.close()
process.exit() // WebRTC's threads may outlive it.
