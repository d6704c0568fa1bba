/**
 * An app pays for its visitors: each gets a grant for the key of its tab, once a day, after some work that is
 * nothing to a person and much to who wants a thousand of them.
 * @module
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { GrantInit } from '@weft/payments'
import {
  addressFromPeerId,
  checkVisitor,
  decode,
  encode,
  type GrantRequest,
  type GrantResponse,
  grantResponseSchema,
  type Hex,
  isWorkDone,
  WeftError,
} from '@weft/protocol'
import type { GrantedFunds } from '@weft/sdk'
import type { SponsorConfig, SponsoredApp } from '../config.ts'
import { dayMs, minuteMs, type SharedState, takeQuota, unitsOf } from '../state/shared-state.ts'
import { passesCaptcha } from './captcha.ts'

/** Whose money it is: `Purse`, as far as it is needed here. */
export type Sponsor = {
  /** What a key was granted so far, in wei. */
  grantedWei(grantee: Hex): bigint
  /** @throws WeftError `payments/no-funds`, `payments/over-cap` */
  grant(init: GrantInit): Promise<GrantedFunds>
}

export type GrantDeskInit = {
  config: SponsorConfig
  sponsor: Sponsor
  state: SharedState
  /** 32 bytes, the same for all gateways that share a state. */
  secret: Uint8Array
}

type Visit = {
  request: GrantRequest
  /** As the browser says it; null where it says none. */
  origin: string | null
  /** See `counterAddress`. */
  address: string
}

export interface GrantDesk {
  /** Never throws for what a visitor can do. */
  answer(visit: Visit): Promise<GrantResponse>
}

/** A slow phone does its work and its person solves a captcha. */
const taskMs = 5 * minuteMs
const requestsPerMinute = 30n

export function createGrantDesk({ config, sponsor, state, secret }: GrantDeskInit): GrantDesk {
  /** Nothing is kept of a task: whoever brings it back shows that it was given to them. */
  function challengeOf({ request, address }: Visit, expiresAtMs: number): Uint8Array {
    const { app, peerId, pageOrigin } = request
    const said = JSON.stringify([app, peerId, pageOrigin, address, expiresAtMs])
    return new Uint8Array(createHmac('sha256', secret).update(said).digest()).slice(0, 16)
  }

  function taskOf(visit: Visit, { workBits, captcha }: SponsoredApp): GrantResponse {
    const expiresAtMs = Date.now() + taskMs
    const work = { challenge: challengeOf(visit, expiresAtMs), bits: workBits }
    return { type: 'task', work, expiresAtMs, captchaSiteKey: captcha?.siteKey ?? null }
  }

  async function checkProof(
    visit: Visit,
    proof: NonNullable<GrantRequest['proof']>,
    { workBits, captcha }: SponsoredApp,
  ): Promise<void> {
    const { request, address } = visit
    const { challenge, expiresAtMs, work } = proof
    const isOurs = timingSafeEqual(challenge, challengeOf(visit, expiresAtMs))
    if (!isOurs || expiresAtMs < Date.now()) {
      throw refused('proof', 'The task is over, or was another one. Ask for a new one.')
    }
    if (!isWorkDone({ challenge, bits: workBits }, request.peerId, work)) {
      throw refused('proof', 'The work was not done.')
    }
    checkVisitor({ ...request, proof })
    const used = `grant/task/${Buffer.from(challenge).toString('hex')}`
    if (!(await state.claim(used, taskMs))) throw refused('proof', 'This proof was used already.')
    if (captcha && !(await passesCaptcha(captcha, { response: proof.captcha, address }))) {
      throw refused('captcha', 'The captcha was not solved.')
    }
  }

  async function grantOnce({ request, address }: Visit, app: SponsoredApp): Promise<GrantResponse> {
    const { peerId } = request
    const day = Math.floor(Date.now() / dayMs)
    const kept = `grant/given/${request.app}/${peerId}/${day}`
    const given = await state.find(kept)
    if (given) {
      const bytes = new Uint8Array(Buffer.from(given, 'base64url'))
      return decode('grant', grantResponseSchema, bytes)
    }
    const takes = [
      {
        counter: `grant/from/${request.app}/${address}`,
        amount: 1n,
        max: BigInt(app.visitorsPerAddress),
      },
      {
        counter: `grant/budget/${request.app}`,
        amount: unitsOf(app.capWei),
        max: unitsOf(app.budgetWeiPerDay),
      },
    ]
    const taken: (() => Promise<void>)[] = []
    try {
      for (const take of takes) {
        const quota = await takeQuota(state, { ...take, windowMs: dayMs })
        if (!quota.isFree) throw usedUp(quota.retryAfterMs)
        taken.push(() => quota.giveBack(take.amount))
      }
      const grantee = addressFromPeerId(peerId)
      const capWei = sponsor.grantedWei(grantee) + app.capWei
      const expiry = Math.floor(Date.now() / 1000) + app.grantSeconds
      const funds = await sponsor.grant({ grantee, capWei, expiry })
      const response: GrantResponse = { type: 'grant', funds }
      const bytes = encode('grant', grantResponseSchema, response)
      const untilMs = Math.min((day + 1) * dayMs, expiry * 1_000) - Date.now()
      await state.keep(kept, Buffer.from(bytes).toString('base64url'), Math.max(untilMs, 1))
      return response
    } catch (error) {
      for (const giveBack of taken) await giveBack()
      throw error
    }
  }

  async function answer(visit: Visit): Promise<GrantResponse> {
    const { request, address } = visit
    const rate = await takeQuota(state, {
      counter: `rate/grants/${address}`,
      amount: 1n,
      max: requestsPerMinute,
      windowMs: minuteMs,
    })
    if (!rate.isFree) throw refused('rate-limit', 'Too many requests from here.', rate.retryAfterMs)
    const app = Object.hasOwn(config.apps, request.app) ? config.apps[request.app] : undefined
    if (!app) throw refused('unknown-app', 'Nobody pays for visitors of this app here.')
    checkPage(visit, app, config.frameOrigins)
    if (!request.proof) return taskOf(visit, app)
    await checkProof(visit, request.proof, app)
    // Two proofs of one tab at once are one visitor.
    const turn = `grant/turn/${request.app}/${request.peerId}`
    if (!(await state.claim(turn, minuteMs)))
      throw refused('busy', 'Another tab asks just now.', 1_000)
    try {
      return await grantOnce(visit, app)
    } finally {
      await state.release(turn)
    }
  }

  return {
    answer: (visit) => answer(visit).catch(toRefusal),
  }
}

/** A frame of Weft says on whose page it is; a page that has no frame asks for itself. */
function checkPage(
  { request: { pageOrigin }, origin }: Visit,
  { origins }: SponsoredApp,
  frameOrigins: readonly string[],
): void {
  const isTheirs = origin === pageOrigin || (origin !== null && frameOrigins.includes(origin))
  if (isTheirs && origins.includes(pageOrigin)) return
  throw refused('origin', 'This app does not pay for visitors of this page.')
}

class GrantRefusal extends WeftError {
  readonly retryAfterMs: number

  constructor(what: string, message: string, retryAfterMs: number) {
    super(`grants/${what}`, message)
    this.retryAfterMs = retryAfterMs
  }
}

function refused(what: string, message: string, retryAfterMs = 0): GrantRefusal {
  return new GrantRefusal(what, message, retryAfterMs)
}

function usedUp(retryAfterMs: number): GrantRefusal {
  return refused(
    'used-up',
    'What this app pays for its visitors is used up for today.',
    retryAfterMs,
  )
}

function toRefusal(error: unknown): GrantResponse {
  const isOurs = error instanceof GrantRefusal
  const { code, message } = isOurs
    ? error
    : WeftError.from(error, 'grants/failed', 'No grant can be given now.')
  const isMoney = code.startsWith('payments/')
  const told = isMoney ? 'What this app pays for its visitors is used up.' : message
  const retryAfterMs = isOurs ? error.retryAfterMs : minuteMs
  return { type: 'refusal', error: { code, message: told.slice(0, 500) }, retryAfterMs }
}
