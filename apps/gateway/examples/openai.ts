/**
 * The official client, against a gateway of Weft: only the address differs.
 *   npx node apps/gateway/examples/openai.ts   # beside `npm start`; WEFT_GATEWAY and WEFT_KEY name another
 */
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: process.env.WEFT_GATEWAY ?? 'http://127.0.0.1:8080/v1',
  apiKey: process.env.WEFT_KEY ?? 'none',
})

const stream = await client.chat.completions.create({
  model: 'weft/bobbin-2m',
  messages: [{ role: 'user', content: 'Tell me a story about a fox and a lantern.' }],
  max_tokens: 48,
  stream: true,
})
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
console.log()
