/**
 * A contributor without a screen: answers jobs of others until it is interrupted.
 *   WEFT_SITE=http://127.0.0.1:7270 WEFT_FOLDER=/var/lib/weft node examples/node.ts
 */
import { createNode, readSite } from '@weft/sdk'

const node = await createNode({
  ...(await readSite(process.env.WEFT_SITE ?? 'http://127.0.0.1:7270')),
  ...(process.env.WEFT_FOLDER ? { folder: process.env.WEFT_FOLDER } : {}),
  roles: { serve: { model: 'weft/bobbin-2m' } },
})
const { state } = node.tab.node
console.log(`${node.peerId}: ${state.get().sentence}`)
state.subscribe(() => console.log(state.get().sentence))

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => node.close().then(() => process.exit()))
}
