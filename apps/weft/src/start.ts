/**
 * `npm start`: relay, chain, site and one resident contributor tab on this machine, nothing from outside.
 * @module
 */
import { join } from 'node:path'
import { WeftError } from '@weft/protocol'
import openInBrowser from 'open'
import type { LocalChain } from './chain/start-chain.ts'
import { type FoundChromium, findChromium, type Reach, reachOf } from './chromium.ts'
import { claimFolder } from './claim-folder.ts'
import { askOnce } from './first-answer.ts'
import { freePort } from './free-port.ts'
import { type GatewayProcess, startGateway } from './gateway-process.ts'
import { keepRunning } from './keep-running.ts'
import { hasNetworkRoute, noRouteSentence } from './network-route.ts'
import { parseOptions, type StartOptions, usage } from './options.ts'
import { startRelay } from './relay-process.ts'
import { startResident } from './resident.ts'
import { buildSite, serveSite } from './site.ts'

const host = '127.0.0.1'
/** For all that runs; each of it has a shorter time of its own. */
const stopTimeoutMs = 15_000
/** Or the next free one. */
const gatewayPort = 8080
/** Between two tries in a row to bring the resident tab back. */
const residentPausesMs = [1_000, 4_000, 16_000, 60_000]
const residentSteadyMs = 60_000
const firstPrompt = 'Tell me a story about a fox and a lantern.'

/** What was started, to be stopped in reverse order. */
const running: (() => Promise<void>)[] = []
const stopping = new AbortController()

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log(usage)
    return
  }
  console.log('Weft: an inference network made of browser tabs\n')
  running.push(await claimFolder(options.state))
  const reach = reachOf(await lookForNetwork())
  const starting = options.chain ? beginChain(options) : undefined
  const relay = await startOwnRelay(options)
  if (!options.dev) await step('site built', () => buildSite(siteLocation(options)))
  const chain = await chainOnceStarted(starting)
  const siteUrl = await startSite(options, relay, chain)
  const gatewayStarting = options.gateway
    ? beginGateway(options, { relay: relay.address, siteUrl })
    : undefined
  const found = options.resident ? await startResidentTab(options, reach, siteUrl) : undefined
  const gatewayUrl = await gatewayOnceStarted(gatewayStarting)
  if (stopping.signal.aborted) return
  console.log(`\nWeft is ready: ${siteUrl}\n`)
  if (found) await showFirstAnswer(found, reach, siteUrl)
  else console.log(`To serve from a tab of yours: open ${siteUrl}/contribute and switch Serve on.`)
  if (gatewayUrl) console.log(`\nPrograms ask like OpenAI: ${gatewayUrl}/v1, with any API key.`)
  if (options.open) await openPage(siteUrl)
  if (!stopping.signal.aborted) console.log('\nCtrl-C stops everything.')
}

async function lookForNetwork(): Promise<boolean> {
  const hasRoute = await hasNetworkRoute()
  if (!hasRoute) console.log(`  network         ${noRouteSentence}`)
  return hasRoute
}

/** Where tabs dial it, and where it tells what runs. */
type RelayPlace = { address: string; http: string | undefined }

async function startOwnRelay(options: StartOptions): Promise<RelayPlace> {
  const { relay, relayHttp, port, state } = options
  if (relay) {
    console.log(`  relay           ${relay}`)
    return { address: relay, http: relayHttp }
  }
  const begin = async () => {
    const relayPort = await freePort(port + 1, host)
    const httpPort = await freePort(relayPort + 1, host)
    const process = await startRelay({
      host,
      port: relayPort,
      httpPort,
      keyFile: join(state, 'relay.key'),
      stopping: stopping.signal,
      onRestart: (code) =>
        console.error(
          `\nThe relay ended (code ${code}) and is started again. Tabs come back by themselves.`,
        ),
    })
    running.push(process.stop)
    return process
  }
  return step('relay', begin, ({ address }) => address)
}

/** Beside the relay and the build: what takes its time are processes and their sources. */
function beginChain({ state }: StartOptions): Promise<LocalChain> {
  const begin = async () => {
    const { startChain } = await import('./chain/start-chain.ts')
    return startChain({
      stateFolder: join(state, 'chain'),
      stopping: stopping.signal,
      say: (sentence) => console.error(`\n${sentence}`),
    })
  }
  const starting = begin()
  starting.catch(() => {}) // Whoever waits for it says so.
  // Also while it starts: nothing may write into its folder any more when this process is gone.
  running.push(() => starting.then(({ stop }) => stop()))
  return starting
}

async function chainOnceStarted(
  starting: Promise<LocalChain> | undefined,
): Promise<LocalChain | undefined> {
  if (!starting) {
    console.log('  chain           none, as wished. Payments are off; everything else works.')
    return undefined
  }
  try {
    await step('chain', async () => {
      const { isNew } = await starting
      return `${isNew ? 'new' : 'as it was left'}; its money is worth nothing`
    })
    return await starting
  } catch (error) {
    console.log(`  chain           none: ${firstLine(error)}`)
    console.log('                  Payments are off. Everything else works.')
    return undefined
  }
}

/** Beside the resident tab, which takes longer. */
function beginGateway(
  { state }: StartOptions,
  { relay, siteUrl }: { relay: string; siteUrl: string },
): Promise<GatewayProcess> {
  const begin = async () => {
    const gateway = await startGateway({
      relay,
      modelsUrl: `${siteUrl}/models/`,
      port: await freePort(gatewayPort, host),
      state: join(state, 'gateway'),
      stopping: stopping.signal,
      onLost: () => console.error('\nThe gateway ended. Everything else goes on.'),
    })
    running.push(gateway.stop)
    return gateway
  }
  const starting = begin()
  starting.catch(() => {}) // Whoever waits for it says so.
  return starting
}

async function gatewayOnceStarted(
  starting: Promise<GatewayProcess> | undefined,
): Promise<string | undefined> {
  try {
    return starting && (await step('gateway', async () => (await starting).url))
  } catch (error) {
    console.log(`  gateway         none: ${firstLine(error)}`)
    console.log('                  Everything else works.')
    return undefined
  }
}

/** Each folder has its own build: another start never replaces what this one serves. */
function siteLocation({ state }: StartOptions) {
  return { outDir: join(state, 'site') }
}

async function startSite(
  options: StartOptions,
  relay: RelayPlace,
  chain: LocalChain | undefined,
): Promise<string> {
  const { port, dev } = options
  const location = siteLocation(options)
  const free = await freePort(port, host)
  if (free !== port) {
    console.log(
      `  Port ${port} is taken, so the site moves to ${free}: for a browser another site,`,
    )
    console.log('                  with a wallet and models of its own. --port chooses.')
  }
  const config = { relays: [relay.address], iceServers: [], modelsUrl: '/models/' }
  return step('site', async () => {
    const init = { host, port: free, config, relayHttp: relay.http, dev, chain, location }
    const site = await serveSite(init)
    running.push(site.stop)
    return site.url
  })
}

async function startResidentTab({ state }: StartOptions, reach: Reach, siteUrl: string) {
  const found = findChromium()
  if (!found) {
    console.log('  resident tab    none: no Chromium or Chrome was found on this machine.')
    console.log('                  Install one, or set CHROMIUM_PATH. Everything else works.')
    return undefined
  }
  try {
    await step('resident tab', async () => {
      const profileFolder = join(state, 'resident')
      const resident = await keepRunning({
        begin: (life) => startResident({ found, reach, siteUrl, profileFolder, ...life }),
        pausesMs: residentPausesMs,
        steadyMs: residentSteadyMs,
        stopping: stopping.signal,
        onRestart: () => console.error('\nThe resident tab was lost and is started again.'),
        onGivenUp: (reason) =>
          console.error(
            `\nThe resident tab does not stay: it was lost or failed ${residentPausesMs.length + 1} times in a row${reason ? `, at last with: ${firstLine(reason)}` : '.'} It is not started again; everything else goes on.`,
          ),
      })
      running.push(resident.stop)
      return resident.first.sentence
    })
    return found
  } catch (error) {
    console.log(`  resident tab    failed: ${firstLine(error)}`)
    console.log('                  Everything else works.')
    return undefined
  }
}

async function showFirstAnswer(found: FoundChromium, reach: Reach, siteUrl: string): Promise<void> {
  console.log(`A visitor's tab asks: ${firstPrompt}\n`)
  try {
    const summary = await askOnce({
      found,
      reach,
      siteUrl,
      prompt: firstPrompt,
      onText: (added) => process.stdout.write(added),
    })
    console.log(`\n\n(${summary})`)
  } catch (error) {
    if (stopping.signal.aborted) return
    const facts = error instanceof WeftError ? error.facts : []
    console.log(`\nNo first answer: ${[firstLine(error), ...facts].join('\n  ')}`)
  }
}

async function openPage(siteUrl: string): Promise<void> {
  const { platform, env } = process
  const desktop = platform !== 'linux' || Boolean(env.DISPLAY ?? env.WAYLAND_DISPLAY)
  if (!desktop || env.CI || !process.stdout.isTTY) return
  await openInBrowser(siteUrl).catch(() => console.log(`Open ${siteUrl} in your browser.`))
}

/** Runs one step and prints what came of it and how long it took. */
async function step<Result>(
  name: string,
  action: () => Promise<Result>,
  words = (result: Result): string => (typeof result === 'string' ? result : 'done'),
): Promise<Result> {
  const startedMs = performance.now()
  const seconds = () => ((performance.now() - startedMs) / 1000).toFixed(1)
  const label = `  ${name.padEnd(15)} `
  const { isTTY } = process.stdout
  const ticker = isTTY
    ? setInterval(() => process.stdout.write(`\r${label}${seconds()} s`), 100)
    : null
  try {
    const result = await action()
    console.log(`${isTTY ? '\r' : ''}${label}${words(result)} (${seconds()} s)`)
    return result
  } catch (error) {
    if (isTTY) process.stdout.write('\r')
    throw error
  } finally {
    if (ticker) clearInterval(ticker)
  }
}

async function stop(exitCode: number): Promise<void> {
  if (stopping.signal.aborted) return
  stopping.abort()
  const timer = setTimeout(() => process.exit(exitCode), stopTimeoutMs)
  for (const end of running.reverse()) await end().catch(() => {})
  clearTimeout(timer)
  process.exit(exitCode)
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n')[0] ?? message
}

process.on('SIGINT', () => void stop(0))
process.on('SIGTERM', () => void stop(0))
process.on('SIGHUP', () => void stop(0))

main().catch(async (error: unknown) => {
  if (!stopping.signal.aborted) console.error(`\nWeft could not start: ${firstLine(error)}`)
  await stop(1)
})
