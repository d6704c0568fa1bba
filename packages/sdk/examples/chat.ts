/**
 * Asks the network and prints the answer as it comes, then who made it and for how much.
 *   npx node packages/sdk/examples/chat.ts   # beside `npm start`; WEFT_URL names another site
 */
import { createClient, readSite } from '@weft/sdk'

const client = await createClient(await readSite(process.env.WEFT_URL ?? 'http://localhost:7070'))

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
