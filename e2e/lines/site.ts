/**
 * Serves the built site, as a process that runs in a namespace: `site.ts HOST PORT RELAY FOLDER`.
 * @module
 */
import { buildSite, serveSite } from '@weft/weft/site'

const [host = '', port = '', relay = '', outDir = ''] = process.argv.slice(2)
const location = { outDir }
await buildSite(location)
const config = { relays: [relay], iceServers: [], modelsUrl: '/models/' }
await serveSite({ host, port: Number(port), config, dev: false, location })
console.log('The site is served.')
