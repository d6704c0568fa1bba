/**
 * `/weft.json`: where this site's relays, models and chains are.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { TabInit } from '@weft/sdk'

const path = '/weft.json'

export type SiteConfig = {
  tab: TabInit
  /** Where a relay tells how many nodes answer; null where this site does not say. */
  live: string | null
  /** For the wallet, which checks it when it is loaded: what is wrong there costs no free job. */
  networks: unknown
}

/** @throws WeftError `web/config` with a sentence for the person */
export async function fetchSiteConfig(): Promise<SiteConfig> {
  let value: unknown
  try {
    const response = await fetch(path, { cache: 'no-store' })
    if (!response.ok) throw new Error(`The server answered ${response.status}.`)
    value = await response.json()
  } catch (cause) {
    throw WeftError.from(cause, 'web/config', `The site's settings at ${path} cannot be read.`)
  }
  return parseSiteConfig(value)
}

/** @throws WeftError `web/config` that names the wrong field */
export function parseSiteConfig(value: unknown): SiteConfig {
  if (!isRecord(value)) throw wrong('it is not an object')
  const { relays, iceServers, modelsUrl, live = null, networks = [] } = value
  if (!isArrayOf(relays, isRelayAddress)) {
    throw wrong('"relays" must be a list of addresses that end in /p2p/ and a peer id')
  }
  if (!isArrayOf(iceServers, isIceServer)) {
    throw wrong('"iceServers" must be a list of objects with "urls"')
  }
  if (typeof modelsUrl !== 'string' || !modelsUrl.endsWith('/')) {
    throw wrong('"modelsUrl" must be a path that ends in /')
  }
  if (live !== null && !isString(live)) throw wrong('"live" must be an address')
  return { tab: { relays, iceServers, modelsUrl }, live, networks }
}

function wrong(what: string): WeftError {
  return new WeftError('web/config', `The site's settings at ${path} are wrong: ${what}.`)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isArrayOf<Item>(value: unknown, is: (item: unknown) => item is Item): value is Item[] {
  return Array.isArray(value) && value.every(is)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isRelayAddress(value: unknown): value is string {
  return isString(value) && /\/p2p\/[A-Za-z0-9]+$/.test(value)
}

function isIceServer(value: unknown): value is RTCIceServer {
  return isRecord(value) && (isString(value.urls) || isArrayOf(value.urls, isString))
}
