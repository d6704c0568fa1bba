/**
 * Where a site's relays and models are, as it says itself in `/weft.json`.
 * @module
 */
import { parse, WeftError } from '@weft/protocol'
import { z } from 'zod'
import type { ClientInit } from './client.ts'
import type { WaitOptions } from './tab.ts'

const siteSchema = z.object({
  relays: z.array(z.string().regex(/\/p2p\/[A-Za-z0-9]+$/)),
  iceServers: z.array(
    z.object({
      urls: z.union([z.string(), z.array(z.string())]),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
  modelsUrl: z.string().regex(/\/$/),
})

export type SiteAddresses = Required<Pick<ClientInit, 'relays' | 'iceServers' | 'modelsUrl'>>

const readMs = 10_000

/**
 * @param siteUrl - e.g. `https://weft.example`
 * @returns what `createClient` and `createNode` take
 * @throws WeftError `sdk/site`
 * @example `const client = await createClient(await readSite('https://weft.example'))`
 */
export async function readSite(
  siteUrl: string,
  { signal }: WaitOptions = {},
): Promise<SiteAddresses> {
  const limit = AbortSignal.any([AbortSignal.timeout(readMs), ...(signal ? [signal] : [])])
  try {
    const response = await fetch(new URL('/weft.json', siteUrl), { signal: limit })
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
    const { relays, iceServers, modelsUrl } = parse('site', siteSchema, await response.json())
    return {
      relays,
      iceServers: iceServers as RTCIceServer[],
      modelsUrl: new URL(modelsUrl, siteUrl).href,
    }
  } catch (cause) {
    const { message, facts } = WeftError.from(cause, 'sdk/fetch', 'It did not come.')
    throw new WeftError('sdk/site', `What ${siteUrl} says of itself cannot be read.`, {
      facts: [message, ...facts],
      cause,
    })
  }
}
