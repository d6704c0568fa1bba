/**
 * The chain at the site's own address: its JSON-RPC, its faucet, and who submits tickets of private credits. So the page needs no other origin, and
 * an extension's wallet has an address that stays.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { WeftError } from '@weft/protocol'
import { getAddress, isAddress } from 'viem'
import type { Connect } from 'vite'
import type { CreditRelay } from './credit-relay.ts'
import type { Faucet } from './faucet.ts'

export const rpcPath = '/chain'
export const faucetPath = '/faucet'
export const creditsPath = '/credits'

/** A batch of calls is a few kilobytes, a deployment's bytecode twenty. */
const maxRequestBytes = 256 * 1024
const rpcTimeoutMs = 30_000

export type Behind = { rpcUrl: string; faucet: Faucet; credits: CreditRelay }

export function chainMiddleware(behind: Behind): Connect.NextHandleFunction {
  const answers = new Map([
    [rpcPath, (request: IncomingMessage) => forward(request, behind.rpcUrl)],
    [faucetPath, (request: IncomingMessage) => give(request, behind.faucet)],
    [creditsPath, (request: IncomingMessage) => submit(request, behind.credits)],
  ])
  return (request, response, next) => {
    const answer = answers.get(request.url?.split('?')[0] ?? '')
    if (!answer) return next()
    answer(request).then(
      ([status, body]) => end(response, status, body),
      () => end(response, 502, '{"error":"The chain of this machine does not answer."}'),
    )
  }
}

type Answer = [status: number, json: string]

async function forward(request: IncomingMessage, rpcUrl: string): Promise<Answer> {
  if (!isFromHere(request)) return [403, '{"error":"Only for this machine."}']
  const body = await readBody(request)
  if (body === null) return [413, '{"error":"Too long."}']
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
    signal: AbortSignal.timeout(rpcTimeoutMs),
  })
  return [response.status, await response.text()]
}

async function give(request: IncomingMessage, faucet: Faucet): Promise<Answer> {
  if (!isFromHere(request)) return [403, '{"error":"Only for this machine."}']
  const address = addressIn(await readBody(request))
  if (!address) return [400, '{"error":"Expected {\\"address\\": …}."}']
  if (await faucet.give(getAddress(address))) return [200, '{}']
  return [429, '{"error":"It gave a moment ago. Ask again in a minute."}']
}

async function submit(request: IncomingMessage, credits: CreditRelay): Promise<Answer> {
  if (!isFromHere(request)) return [403, '{"error":"Only for this machine."}']
  try {
    const relayed = await credits.submit((await readBody(request)) ?? '')
    if (!relayed) return [400, '{"error":"This is no ticket."}']
    return [200, JSON.stringify(relayed)]
  } catch (error) {
    const said = WeftError.from(error, 'weft/credits', 'The ticket could not be submitted.')
    return [409, JSON.stringify(said.toJSON())]
  }
}

function addressIn(body: string | null): `0x${string}` | undefined {
  try {
    const { address } = JSON.parse(body ?? '')
    return typeof address === 'string' && isAddress(address) ? address : undefined
  } catch {
    return undefined
  }
}

/**
 * A JSON request of this site's own page: other pages would need leave to send one, and a name that was
 * made to point here is not this machine's.
 */
function isFromHere({ method, headers, socket }: IncomingMessage): boolean {
  const { host = '', origin } = headers
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '')
  const isNamedHere = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host)
  const isOwnPage = origin === undefined || origin === `http://${host}` || isExtension(origin)
  const isJson = headers['content-type']?.startsWith('application/json')
  return method === 'POST' && isLoopback && isNamedHere && isOwnPage && Boolean(isJson)
}

/** A wallet that is a browser's extension asks by itself. */
function isExtension(origin: string): boolean {
  return /^(chrome|moz|safari-web)-extension:\/\//.test(origin)
}

/** @returns null where it is too long */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > maxRequestBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function end(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status
  response.setHeader('Content-Type', 'application/json')
  response.setHeader('Cache-Control', 'no-store')
  response.end(body)
}
