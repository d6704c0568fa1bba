/**
 * A visitor's half of `POST /v1/grants`: an app lets this tab spend a little of its money. What a gateway says is
 * not believed here; whoever spends it looks at the chain first.
 * @module
 */
import {
  decode,
  encode,
  findWork,
  type GrantRequest,
  type GrantResponse,
  grantRequestSchema,
  grantResponseSchema,
  type PrivateKey,
  peerIdFromPrivateKey,
  proveVisitor,
  WeftError,
} from '@weft/protocol'
import type { GrantedFunds } from './purse.ts'
import type { WaitOptions } from './tab.ts'

export type SponsorInit = {
  /** Absolute address of the gateway, e.g. `https://gateway.example`. */
  gateway: string
  /** Under which it knows who pays. */
  app: string
  /** Of the page that the visitor sees. */
  pageOrigin: string
}

/** For each of the two requests. */
const requestMs = 15_000
/** A slow phone does what a gateway may ask within this. */
const workMs = 60_000
const maxAnswerBytes = 16_384

/**
 * @returns what this tab may spend, as the gateway says it
 * @throws WeftError `sponsor/unreachable`, `sponsor/captcha`, `grants/*` as the gateway refused
 */
export async function askSponsor(
  { gateway, app, pageOrigin }: SponsorInit,
  privateKey: PrivateKey,
  { signal }: WaitOptions = {},
): Promise<GrantedFunds> {
  const peerId = peerIdFromPrivateKey(privateKey)
  const url = new URL('/v1/grants', gateway)
  const within = (ms: number) =>
    AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])])
  const visitor = { app, peerId, pageOrigin }
  const first = await post(url, { ...visitor, proof: null }, within(requestMs))
  if (first.type === 'grant') return first.funds
  if (first.type === 'refusal') throw refused(first)
  if (first.captchaSiteKey !== null) {
    throw new WeftError('sponsor/captcha', 'This app asks its visitors for a captcha.', {
      facts: ['Weft’s frame shows none, so nobody pays here.'],
    })
  }
  const work = await findWork(first.work, peerId, { signal: within(workMs) })
  const proof = proveVisitor(visitor, first, { work, captcha: null, privateKey })
  const second = await post(url, proof, within(requestMs))
  if (second.type === 'grant') return second.funds
  throw refused(second)
}

async function post(url: URL, request: GrantRequest, signal: AbortSignal): Promise<GrantResponse> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/cbor' },
      body: new Uint8Array(encode('request for a grant', grantRequestSchema, request)),
      credentials: 'omit',
      redirect: 'error',
      signal,
    })
    if (!response.ok) throw new Error(`It answered ${response.status}.`)
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.length > maxAnswerBytes) throw new Error('It answered too much.')
    return decode('grant', grantResponseSchema, bytes)
  } catch (cause) {
    throw WeftError.from(
      cause,
      'sponsor/unreachable',
      'The app that pays for its visitors does not answer, so only free tabs are asked.',
    )
  }
}

function refused(answer: Exclude<GrantResponse, { type: 'grant' }>): WeftError {
  const { code, message } =
    answer.type === 'refusal'
      ? answer.error
      : { code: 'sponsor/unreachable', message: 'The app asked for work twice.' }
  return new WeftError(code, message, { facts: ['Only free tabs are asked.'] })
}
