/**
 * An answer that is JSON of a given form: tokens that would break it are never chosen. The form always holds; what
 * stands in it is as good as the model, and the tiny one that comes with Weft fills it with nonsense.
 *   npx node packages/sdk/examples/json.ts   # beside `npm start`; WEFT_URL names another site
 */
import { createClient, readSite, toApiError } from '@weft/sdk'

const client = await createClient(await readSite(process.env.WEFT_URL ?? 'http://localhost:7070'))

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 12 },
    legs: { type: 'integer', minimum: 0, maximum: 1000 },
  },
  required: ['name', 'legs'],
  additionalProperties: false,
}
try {
  const chat = await client.chat.completions.create({
    model: 'weft/bobbin-2m',
    messages: [{ role: 'user', content: 'Name an animal.' }],
    response_format: { type: 'json_schema', json_schema: { name: 'animal', schema } },
  })
  const { name, legs } = JSON.parse(chat.choices[0].message.content ?? '')
  console.log(`${JSON.stringify(name)} has ${legs} legs, says the model.`)
} catch (error) {
  const { status, code, message } = toApiError(error)
  console.error(`${status} ${code}: ${message}`)
  process.exitCode = 1
}

await client.close()
process.exit() // WebRTC's threads may outlive it.
