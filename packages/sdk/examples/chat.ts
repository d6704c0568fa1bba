/**
 * Asks the network and prints the answer as it comes, then who made it and for how much.
 *   WEFT_SITE=http://127.0.0.1:7270 node examples/chat.ts
 */
import { createClient, readSite } from '@weft/sdk'

const client = await createClient(await readSite(process.env.WEFT_SITE ?? 'http://127.0.0.1:7270'))

const stream = await client.chat.completions.create({
  model: 'weft/bobbin-2m',
  messages: [{ role: 'user', content: 'Tell me a story about a fox and a lantern.' }],
  max_tokens: 48,
  stream: true,
})
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '')
  const { receipt, costWei } = chunk.weft ?? {}
  if (receipt) console.log(`\nSigned by ${receipt.nodePeerId}, for ${costWei} wei.`)
}

await client.close()
process.exit() // WebRTC's threads may outlive it.
