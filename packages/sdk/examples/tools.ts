/**
 * A function that the model calls and this program runs; then the model goes on with what it gave. The call always
 * fits its parameters; the tiny model that comes with Weft picks a city by chance, and what it then says is a story.
 *   npx node packages/sdk/examples/tools.ts   # beside `npm start`; WEFT_URL names another site
 */
import { type ChatCompletionParams, createClient, readSite } from '@weft/sdk'

const client = await createClient(await readSite(process.env.WEFT_URL ?? 'http://localhost:7070'))

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'weather',
      description: 'Tells the weather of a city.',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string', enum: ['Paris', 'Rome'] } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  },
]
const weather = ({ city }: { city: string }) => `It is sunny in ${city}.`

const messages: ChatCompletionParams['messages'] = [{ role: 'user', content: 'Is it sunny?' }]
const asked = { model: 'weft/bobbin-2m', tools, max_tokens: 120 }

// `required` makes any model call one, by its grammar; `auto`, the default, leaves it to the model.
const { choices } = await client.chat.completions.create({
  ...asked,
  messages,
  tool_choice: 'required',
})
const [{ message }] = choices
messages.push(message)
for (const { id, function: called } of message.tool_calls ?? []) {
  const content = weather(JSON.parse(called.arguments))
  console.log(`${called.name}: ${content}`)
  messages.push({ role: 'tool', tool_call_id: id, content })
}

const end = await client.chat.completions.create({ ...asked, messages, tool_choice: 'none' })
console.log(end.choices[0].message.content)

await client.close()
process.exit() // WebRTC's threads may outlive it.
