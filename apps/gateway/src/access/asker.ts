/**
 * Who asks, and what that lets them do: a key within its budget, a payment of x402, or anybody, where that is
 * configured.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { GatewayConfig, KeyConfig } from '../config.ts'
import { noRetry, Refusal, retryAfter } from '../http/api-failure.ts'
import {
  dayMs,
  minuteMs,
  reserveQuota,
  type SharedState,
  takeQuota,
  unitsOf,
} from '../state/shared-state.ts'
import { tryAgain } from '../state/try-again.ts'
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
  config: Pick<GatewayConfig, 'keys' | 'anonymous' | 'maxPrice' | 'requestMs'>
  state: SharedState
  paywall: Paywall | null
  /** Aborts when the process ends. */
  stopping: AbortSignal
  /** Sees to it that the process does not end before, and says what fails. */
  finishLater: (work: Promise<void>) => void
}

export const nothingSettled: Settled = { headers: [], refusal: null }

export function createAccess({
  config,
  state,
  paywall,
  stopping,
  finishLater,
}: AccessInit): Access {
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
        const worstWei = worstCostWei(body, config.maxPrice)
        const admittedMs = Date.now()
        const heldMs = config.requestMs + settlingMs
        const settle = await takeBudget(state, key, { worstWei, heldMs })
        return {
          owner,
          async end({ costWei }) {
            if (!settle) return nothingSettled
            const again = { endsMs: admittedMs + heldMs, signal: stopping }
            // Whoever waits for the answer does not wait for that.
            await settle(costWei).catch(() =>
              finishLater(
                tryAgain(() => settle(costWei), again).catch((error) => {
                  throw notCounted(key, costWei, error)
                }),
              ),
            )
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
  const message = `There is no such model for this API key. It may ask: ${models.slice(0, 5).join(', ')}.`
  throw new Refusal('gateway/no-model', message, {
    status: 404,
    word: 'model_not_found',
  })
}

/** From the end of its time until what an answer has cost is counted. */
const settlingMs = 5_000

function notCounted({ name }: KeyConfig, costWei: bigint, cause: unknown): WeftError {
  const message = `What an answer has cost could not be counted: the budget of key ${name} does not know of ${costWei} wei.`
  return new WeftError('gateway/not-counted', message, { cause })
}

/** Sets aside what the request can cost at most. @returns what is told what it has cost; null where nothing counts */
async function takeBudget(
  state: SharedState,
  { name, budgetWeiPerDay }: KeyConfig,
  { worstWei, heldMs }: { worstWei: bigint; heldMs: number },
): Promise<((costWei: bigint) => Promise<void>) | null> {
  if (budgetWeiPerDay === null || worstWei === 0n) return null
  const reserved = await reserveQuota(state, {
    counter: `budget/${name}`,
    amount: unitsOf(worstWei),
    max: unitsOf(budgetWeiPerDay),
    windowMs: dayMs,
    heldMs,
  })
  if (reserved.isFree) return (costWei) => reserved.settle(unitsOf(costWei))
  throw new Refusal(
    'gateway/budget',
    'The budget of this API key does not reach for this request. It is renewed at midnight UTC; a smaller max_tokens needs less.',
    { status: 429, type: 'insufficient_quota', word: 'insufficient_quota', headers: [noRetry] },
  )
}
