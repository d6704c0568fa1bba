/**
 * The gateway's HTTP: OpenAI's endpoints over an `Upstream`, for keys, payers, or anybody.
 * https://platform.openai.com/docs/api-reference
 * @module
 */
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { type Admission, createAccess, nothingSettled } from './access/asker.ts'
import { type AnsweringDeps, respond } from './answering.ts'
import type { GatewayConfig } from './config.ts'
import type { GrantDesk } from './grants/grant-desk.ts'
import { grantRoutes } from './grants/grant-routes.ts'
import { failureResponse, Refusal, retryAfter, toFailure } from './http/api-failure.ts'
import { counterAddress } from './http/client-address.ts'
import { readJson } from './http/read-body.ts'
import type { Metrics } from './metrics.ts'
import { Receipts } from './receipts.ts'
import type { SharedState } from './state/shared-state.ts'
import type { Upstream } from './upstream.ts'
import type { Paywall } from './x402/paywall.ts'

export type GatewayInit = {
  upstream: Upstream
  config: GatewayConfig
  state: SharedState
  metrics: Metrics
  paywall?: Paywall | null
  /** Who gives grants to visitors of apps; `config.sponsor` names them. */
  desk?: GrantDesk | null
  /** Of the socket; what proxies in front say comes on top, see `proxies`. */
  addressOf: (context: Context) => string
  /** What is our own fault, for who runs it. */
  onError?: (error: unknown) => void
}

export interface Gateway {
  readonly app: Hono
  /** Answers under way are told and end; resolves when their money is settled. */
  stop(): Promise<void>
}

const exposed = [
  'x-request-id',
  'x-should-retry',
  'retry-after',
  'retry-after-ms',
  'weft-cut-ms',
  'weft-receipt',
  'weft-receipt-id',
  'payment-required',
  'payment-response',
]

export function createGateway(init: GatewayInit): Gateway {
  const { upstream, config, state, metrics, paywall = null, onError = () => {} } = init
  const { corsOrigins, maxBodyBytes } = config
  const receipts = new Receipts(state, config.keepReceiptsMs)
  const stopping = new AbortController()
  const held = new Set<Promise<unknown>>()
  const hold = <Result>(work: Promise<Result>): Promise<Result> => {
    held.add(work)
    return work.finally(() => held.delete(work))
  }
  const access = createAccess({
    config,
    state,
    paywall,
    stopping: stopping.signal,
    finishLater: (work) => void hold(work.catch(onError)),
  })
  let running = 0
  const answering: AnsweringDeps = {
    ...config,
    metrics,
    receipts,
    stopping: stopping.signal,
    settle: (settling) =>
      hold(
        settling.catch((error: unknown) => {
          onError(error)
          return nothingSettled
        }),
      ),
  }
  const app = new Hono()

  app.use('/v1/*', async (context, next) => {
    await next()
    context.res.headers.set('x-request-id', `req_${crypto.randomUUID().replaceAll('-', '')}`)
    metrics.requests.inc({ route: context.req.routePath, status: context.res.status })
  })
  const addressOf = (context: Context) =>
    clientAddress(context, init.addressOf(context), config.proxies)
  const { sponsor } = config
  if (init.desk && sponsor) {
    app.route('/v1/grants', grantRoutes({ desk: init.desk, config: sponsor, metrics, addressOf }))
  }
  app.use('/v1/*', cors({ origin: corsOrigins, exposeHeaders: exposed }))
  app.use('/v1/*', async (context, next) => {
    checkOrigin(context.req.header('origin'), corsOrigins)
    await next()
  })

  const asker = (context: Context) => ({
    request: context.req.raw,
    address: addressOf(context),
  })

  /** What can be asked, as `ApiModel`, with the nodes that serve each now. */
  app.get('/v1/models', async (context) => {
    await access.identify(asker(context))
    return context.json(await upstream.models.list())
  })
  /** One model, by name or CID. @throws `model_not_found` */
  app.get('/v1/models/:id{.+}', async (context) => {
    await access.identify(asker(context))
    return context.json(await upstream.models.retrieve(context.req.param('id')))
  })
  /** An answer's receipt, and the answer with it, for an hour; of a key to that key alone. */
  app.get('/v1/receipts/:id', async (context) => {
    const { owner } = await access.identify(asker(context))
    const kept = await receipts.find(context.req.param('id'), owner)
    if (kept) return context.json({ receipt: kept.receipt, answer: kept.answer })
    throw new Refusal('gateway/no-receipt', 'No such receipt is kept, or no more.', { status: 404 })
  })

  /** Vectors are made on this machine, so its owner says which models it loads. */
  function checkEmbedding(operation: string, model: unknown): void {
    const { embeddingModels } = config
    if (operation !== 'embeddings' || embeddingModels.includes(String(model))) return
    const message =
      embeddingModels.length === 0
        ? 'This gateway makes no vectors. Who runs it names models for them in "embeddingModels" of gateway.json.'
        : `This gateway makes vectors with ${embeddingModels.join(', ')} alone. Who runs it names them in "embeddingModels" of gateway.json.`
    throw new Refusal('gateway/no-model', message, { status: 404, word: 'model_not_found' })
  }

  type Doors = { create(params: never, options: object): Promise<object> }
  const answers = (path: string, operation: string, doors: () => Doors) =>
    app.post(path, async (context) => {
      const body = await readJson(context.req.raw, maxBodyBytes)
      checkEmbedding(operation, body.model)
      if (running >= config.maxRequests) throw busy()
      running += 1
      const { owner, end } = await access.admit({ ...asker(context), body }).catch((error) => {
        running -= 1
        throw error
      })
      const admission: Admission = {
        owner,
        end(outcome) {
          running -= 1
          return end(outcome)
        },
      }
      const create = (options: object) => doors().create(body as never, options)
      const { raw: request } = context.req
      return respond(answering, { request, operation, model: body.model, admission, create })
    })
  /** Answers a conversation: `ChatCompletionParams`, streamed with `stream: true`. `weft-receipt` is what its node signed. */
  answers('/v1/chat/completions', 'chat', () => upstream.chat.completions)
  /** Answers a prompt, which is what a user says: `CompletionParams`. */
  answers('/v1/completions', 'text_completion', () => upstream.completions)
  /** Vectors of texts, computed on the gateway's machine: `EmbeddingParams`. */
  answers('/v1/embeddings', 'embeddings', () => upstream.embeddings)

  app.get('/health', (context) => context.json({ status: 'ok', running }))
  app.notFound(() => failureResponse(toFailure(noRoute(app))))
  app.onError((error) => {
    const failure = toFailure(error)
    if (failure.status === 500) onError(error)
    return failureResponse(failure)
  })

  return {
    app,
    async stop() {
      stopping.abort()
      while (held.size > 0) await Promise.all(held)
    },
  }
}

/**
 * Browsers name the page that asks. One that may not read the answer must not cause it either: what it costs, and
 * who may ask from this machine, are not for every page that is open on it.
 */
function checkOrigin(origin: string | undefined, allowed: readonly string[]): void {
  if (!origin || allowed.includes(origin)) return
  throw new Refusal('gateway/origin', 'Pages of this origin may not ask here: see corsOrigins.', {
    status: 403,
  })
}

function clientAddress(context: Context, socket: string, proxies: number): string {
  if (proxies === 0) return counterAddress(socket)
  const steps = (context.req.header('x-forwarded-for') ?? '').split(',').map((step) => step.trim())
  return counterAddress(steps.at(-proxies) || socket)
}

function noRoute({ routes }: Hono): Refusal {
  const there = routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/\{.*\}/, '')}`)
  const message = `There is nothing at this address. There is: ${[...new Set(there)].join(', ')}.`
  return new Refusal('gateway/no-route', message, { status: 404 })
}

function busy(): Refusal {
  return new Refusal('gateway/busy', 'This gateway has as many requests as it takes.', {
    status: 503,
    type: 'server_error',
    headers: retryAfter(1_000),
  })
}
