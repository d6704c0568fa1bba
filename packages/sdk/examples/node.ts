/**
 * A contributor without a screen: answers jobs of others until it is interrupted.
 *   npx node packages/sdk/examples/node.ts   # beside `npm start`; WEFT_URL names another site
 * WEFT_FOLDER=/var/lib/weft keeps its key and its models there.
 */
import { createNode, readSite } from '@weft/sdk'

const node = await createNode({
  ...(await readSite(process.env.WEFT_URL ?? 'http://localhost:7070')),
  ...(process.env.WEFT_FOLDER ? { folder: process.env.WEFT_FOLDER } : {}),
  roles: { serve: { model: 'weft/bobbin-2m' } },
})
const { state } = node.tab.node
let said = ''
const tell = () => {
  const { sentence } = state.get()
  if (sentence !== said) console.log(sentence)
  said = sentence
}
console.log(`This node is ${node.peerId}.`)
state.subscribe(tell)
tell()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => node.close().then(() => process.exit()))
}
