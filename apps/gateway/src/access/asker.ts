/**
 * Who asks, and what that lets them do: a key within its budget, a payment of x402, or anybody, where that is
 * configured.
 * @module
 */
import type { GatewayConfig, KeyConfig } from '../config.ts'
import { noRetry, Refusal, retryAfter } from '../http/api-failure.ts'
import {
  dayMs,
  minuteMs,
  type Quota,
  type SharedState,
  takeQuota,
  unitsOf,
} from '../state/shared-state.ts'
import type { Paywall } from '../x402/paywall.ts'
import { createKeyring, keyPrefix } from './api-keys.ts'
import { worstCostWei } from './worst-cost.ts'

/** What a request has come to when its job is over. */
type Outcome = {
  /** What nodes are owed. */
  costWei: bigint
  /** Whether anything of the answer has come, or was made for somebody who then broke off. */
  isDelivered: boolean
}

export type Settled = {
  /** Of the response, where it can still have some. */
  headers: [name: string, value: string][]
  /** Money did not come: what is not out yet stays here. */
  refusal: Refusal | null
}

/** Leave to ask once. `end` is called once, however the request ends. */
export type Admission = {
  /** By which its counters and receipts go. */
  owner: string
  end(outcome: Outcome): Promise<Settled>
}

export type AskInit = {
  request: Request
  /** The asker's, see `counterAddress`. */
  address: string
  body: Record<string, unknown>
}

export type Access = {
  /** For what costs nothing: models, receipts. @throws Refusal */
  identify(init: Omit<AskInit, 'body'>): Promise<{ owner: string; key: KeyConfig | null }>
  /** For a job. @throws Refusal */
  admit(init: AskInit): Promise<Admission>
}

export type AccessInit = {
  config: Pick<GatewayConfig, 'keys' | 'anonymous' | 'maxPrice'>
  state: SharedState
  paywall: Paywall | null
}

export const nothingSettled: Settled = { headers: [], refusal: null }

export function createAccess({ config, state, paywall }: AccessInit): Access {
  const findKey = createKeyring(config.keys)

  /** @returns null where a payment is welcome instead */
  function keyOf(request: Request): KeyConfig | null {
    const presented = /^Bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    const key = presented ? findKey(presented) : undefined
    if (key) return key
    // Clients of others' making insist on some key; one of ours that is wrong is a mistake to be told of.
    const isMistake = presented?.startsWith(keyPrefix)
    if (!isMistake && (paywall || config.anonymous)) return null
    const message = presented ? 'There is no such API key.' : 'Send an API key as a bearer token.'
    throw new Refusal('gateway/wrong-key', message, { status: 401, word: 'invalid_api_key' })
  }

  async function limitRate(owner: string, perMinute: number): Promise<void> {
    const quota = await takeQuota(state, {
      counter: `rate/${owner}`,
      amount: 1n,
      max: BigInt(perMinute),
      windowMs: minuteMs,
    })
    if (quota.isFree) return
    throw new Refusal('gateway/rate-limit', `More than ${perMinute} requests in this minute.`, {
      status: 429,
      type: 'requests',
      word: 'rate_limit_exceeded',
      headers: retryAfter(quota.retryAfterMs),
    })
  }

  async function identify({ request, address }: Omit<AskInit, 'body'>) {
    const key = keyOf(request)
    const owner = key ? `key/${key.name}` : `address/${address}`
    await limitRate(owner, key?.requestsPerMinute ?? config.anonymous?.requestsPerMinute ?? 60)
    return { owner, key }
  }

  return {
    identify,
    async admit(init) {
      const { body } = init
      const { owner, key } = await identify(init)
      if (key) {
        checkModel(key, body.model)
        const budget = await takeBudget(state, key, worstCostWei(body, config.maxPrice))
        return {
          owner,
          async end({ costWei }) {
            await budget?.(costWei)
            return nothingSettled
          },
        }
      }
      if (paywall && !config.anonymous) return paywall.admit(init)
      return { owner, end: async () => nothingSettled }
    },
  }
}

function checkModel({ models }: KeyConfig, model: unknown): void {
  if (!models || (typeof model === 'string' && models.includes(model))) return
  throw new Refusal('gateway/no-model', 'There is no such model for this API key.', {
    status: 404,
    word: 'model_not_found',
  })
}

/** Takes what the request can cost at most. @returns what is called with what it has cost; null where nothing counts */
async function takeBudget(
  state: SharedState,
  { name, budgetWeiPerDay }: KeyConfig,
  worstWei: bigint,
): Promise<((costWei: bigint) => Promise<void>) | null> {
  if (budgetWeiPerDay === null || worstWei === 0n) return null
  const amount = unitsOf(worstWei)
  const quota: Quota = await takeQuota(state, {
    counter: `budget/${name}`,
    amount,
    max: unitsOf(budgetWeiPerDay),
    windowMs: dayMs,
  })
  if (quota.isFree) return (costWei) => quota.giveBack(amount - unitsOf(costWei))
  throw new Refusal(
    'gateway/budget',
    'The budget of this API key does not reach for this request. It is renewed at midnight UTC; a smaller max_tokens needs less.',
    { status: 429, type: 'insufficient_quota', word: 'insufficient_quota', headers: [noRetry] },
  )
}
