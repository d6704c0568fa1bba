/**
 * `weft doctor`: what works on this machine, and what to do about the rest.
 * @module
 */
import { access, statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { foundryBinary } from '@weft/contracts/foundry-binary'
import { WeftError } from '@weft/protocol'
import { createClient } from '@weft/sdk'
import { chromium } from 'playwright-core'
import { chromiumFlags, chromiumSandbox, findChromium } from '../chromium.ts'
import { freePort } from '../free-port.ts'
import { hasNetworkRoute, noRouteSentence } from '../network-route.ts'
import { serveModels } from './models-server.ts'
import { readArgs, runCommand } from './tell.ts'

const usage = `Usage: weft doctor [options]    says what works on this machine, and what to do about the rest

  --relay <multiaddr>   looks whether this relay can be reached as well
  --json                one line for machines

It changes nothing. A note is about what not everybody needs. Exit 1: something that everybody needs fails.`

/** `warn`: something is missing that not everybody needs. */
type State = 'ok' | 'warn' | 'fail'
type Finding = { name: string; state: State; found: string; advice?: string }
type Check = () => Promise<Omit<Finding, 'name'>>

const gigabyte = 1_000_000_000
const leastNode = [22, 15] as const
const relayMs = 10_000

runCommand(async () => {
  const { values } = readArgs(usage, {
    relay: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  const { relay } = values
  const checks: [name: string, check: Check][] = [
    ['node', checkNode],
    ['machine', checkMachine],
    ['disk', checkDisk],
    ['ports', checkPorts],
    ['network', checkNetwork],
    ['chromium', checkChromium],
    ['webgpu', checkWebGpu],
    ['chain', checkAnvil],
    ['engine', checkEngine],
    ...(relay ? ([['relay', () => checkRelay(relay)]] as [string, Check][]) : []),
  ]
  const findings: Finding[] = []
  for (const [name, check] of checks) {
    const finding = { name, ...(await check().catch(toFailure)) }
    findings.push(finding)
    if (!values.json) print(finding)
  }
  const hasFailed = findings.some(({ state }) => state === 'fail')
  if (values.json) console.log(JSON.stringify(findings))
  else console.log(hasFailed ? failedSentence : worksSentence)
  process.exit(hasFailed ? 1 : 0)
})

const worksSentence = '\nWhat everybody needs works: npm start runs all of it here.'
const failedSentence = '\nWhat says FAIL has to be mended first.'

function print({ name, state, found, advice }: Finding): void {
  const marks = { ok: 'ok  ', warn: 'note', fail: 'FAIL' }
  console.log(`  ${marks[state]} ${name.padEnd(10)} ${found}`)
  if (advice) console.log(`       ${' '.repeat(10)} ${advice}`)
}

function toFailure(error: unknown): Omit<Finding, 'name'> {
  const { message, facts } = WeftError.from(error, 'weft/failed', 'It does not work.')
  return { state: 'fail', found: [message, ...facts].join(' ').split('\n')[0] ?? message }
}

async function checkNode(): ReturnType<Check> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isEnough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])
  if (isEnough) return { state: 'ok', found: `Node ${process.versions.node}` }
  const advice = 'Run it by npx or npm, which use the Node that npm ci brings.'
  return { state: 'fail', found: `Node ${process.versions.node} is too old.`, advice }
}

async function checkMachine(): ReturnType<Check> {
  const [cores, memory] = [availableParallelism(), totalmem() / gigabyte]
  const found = `${cores} cores, ${memory.toFixed(0)} GB of memory`
  if (memory >= 4) return { state: 'ok', found }
  return { state: 'warn', found, advice: 'Small models only: a browser wants 2 GB for itself.' }
}

async function checkDisk(): ReturnType<Check> {
  const { bavail, bsize } = await statfs('.')
  const free = (bavail * bsize) / gigabyte
  const found = `${free.toFixed(0)} GB free here`
  if (free >= 5) return { state: 'ok', found }
  return { state: 'warn', found, advice: 'A model of one billion parameters has about 1 GB.' }
}

async function checkPorts(): ReturnType<Check> {
  const free = await freePort(7070, '127.0.0.1')
  if (free === 7070) return { state: 'ok', found: '7070 is free' }
  const advice = `npm start takes ${free} then; --port chooses another.`
  return { state: 'warn', found: '7070 is taken', advice }
}

async function checkNetwork(): ReturnType<Check> {
  if (await hasNetworkRoute()) return { state: 'ok', found: 'there is a way out of this machine' }
  const advice = 'Join a network, one with a router; this device can answer by itself meanwhile.'
  return { state: 'warn', found: noRouteSentence, advice }
}

async function checkChromium(): ReturnType<Check> {
  const found = findChromium()
  if (found) return { state: 'ok', found: found.executablePath }
  const advice = 'Install Chromium or Chrome, or set CHROMIUM_PATH. Only the resident tab needs it.'
  return { state: 'warn', found: 'none was found', advice }
}

async function checkWebGpu(): ReturnType<Check> {
  const found = findChromium()
  if (!found) return { state: 'warn', found: 'not known without a browser' }
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    chromiumSandbox,
    args: [...chromiumFlags.quiet, '--enable-unsafe-webgpu'],
  })
  try {
    const page = await browser.newPage()
    const adapter = await page.evaluate(async () => {
      const info = (await navigator.gpu?.requestAdapter())?.info
      return info ? `${info.vendor} ${info.architecture}`.trim() || 'an adapter' : null
    })
    if (adapter) return { state: 'ok', found: adapter }
    const advice =
      'Models run on the CPU then. A driver for Vulkan, or a desktop session, may help.'
    return { state: 'warn', found: 'no adapter', advice }
  } finally {
    await browser.close()
  }
}

async function checkAnvil(): ReturnType<Check> {
  const path = foundryBinary('anvil')
  try {
    await access(path)
    return { state: 'ok', found: 'anvil, for a development chain' }
  } catch {
    const advice = 'npm ci brings it. Without it payments are off; everything else works.'
    return { state: 'warn', found: 'anvil is missing', advice }
  }
}

/** The one that counts: a model is fetched, checked, loaded and asked. */
async function checkEngine(): ReturnType<Check> {
  const served = await serveModels()
  const client = await createClient({ modelsUrl: served.url, local: true })
  try {
    const startedMs = performance.now()
    const { usage } = await client.chat.completions.create({
      model: 'weft/bobbin-2m',
      messages: [{ role: 'user', content: 'What is 27 + 15?' }],
      max_tokens: 16,
    })
    const ms = Math.round(performance.now() - startedMs)
    return {
      state: 'ok',
      found: `Bobbin answers in Node: ${usage.completion_tokens} tokens, ${ms} ms with loading`,
    }
  } finally {
    await client.close()
    await served.stop()
  }
}

async function checkRelay(address: string): ReturnType<Check> {
  const served = await serveModels()
  const client = await createClient({ modelsUrl: served.url, relays: [address] })
  try {
    const endMs = performance.now() + relayMs
    while (performance.now() < endMs) {
      const relay = client.tab.network.get().relays.find(({ state }) => state === 'online')
      if (relay) return { state: 'ok', found: 'the relay answers' }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const advice = 'Is it running, and is its port open from here? Its /health tells its addresses.'
    return { state: 'fail', found: 'the relay does not answer', advice }
  } finally {
    await client.close()
    await served.stop()
  }
}
