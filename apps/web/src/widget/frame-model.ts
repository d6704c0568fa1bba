/**
 * The frame without its picture: nothing of Weft is opened before the visitor has allowed it, so before that there
 * is no key, no line to anybody, no download and no work for this device.
 * @module
 */
import { WeftError } from '@weft/protocol'
import type { Cell, CuratedModel } from '@weft/sdk'
import { initialSettings } from '../chat/answer-settings.ts'
import type { Ask } from '../chat/run-answer.ts'
import { createSession, type Session } from '../chat/session.ts'
import { type OpenedTab, openTabOf } from '../site/open-site.ts'
import { fetchSiteConfig, type SiteConfig } from '../site/site-config.ts'
import { createStore } from '../site/store.ts'
import { askAgain } from './ask-again.ts'
import { canKeep } from './can-keep.ts'
import { createPageAsks, type PageAsks } from './page-asks.ts'
import type { PageLine } from './page-line.ts'
import { type PayingWatch, watchPaying } from './paying.ts'
import { type Permission, readPermission, writePermission } from './permission.ts'
import { type SightWatch, untilShown } from './sight.ts'

/** A model that the page may name, as the visitor is told of it. */
export type OfferedModel = { modelCid: string; name: string; downloadBytes: number }

export type Frame = {
  line: PageLine
  watch: SightWatch
  /** False where the browser gives this frame no storage: all ends with the visit, and no wallet pays. */
  isKept: boolean
  session: Session
  asks: PageAsks
  permission: Cell<Permission | null>
  paying: PayingWatch
  /** Rejects with a WeftError. */
  opened: Promise<OpenedTab>
  /** What the page has chosen of what this site lists. @throws WeftError `sdk/catalogue`, `widget/no-model` */
  model(): Promise<OfferedModel>
  /** What the visitor typed. Rejects with a WeftError where nothing could be asked. */
  send(text: string): Promise<void>
  /** The last question once more, where it failed. Rejects with a WeftError where it could not be asked. */
  askAgain(turnId: string): Promise<void>
  /** For the model that the visitor was told of. */
  allow(allowed: Pick<Permission, 'compute' | 'modelCid'>): void
  /** The frame begins anew, with nothing allowed. */
  forget(): void
}

/** A panel opens, and the browser has looked at it. */
const shownMs = 2_000

/** @param watch - of all that the frame shows */
export function createFrame(line: PageLine, watch: SightWatch): Frame {
  const { origin, config } = line
  const isKept = canKeep()
  const permission = createStore<Permission | null>(null)
  const opening = Promise.withResolvers<OpenedTab>()
  opening.promise.catch(() => {}) // Whoever needs it says what failed.
  const session = createSession({ opened: opening.promise, restored: Promise.resolve() })
  let offered: Promise<OfferedModel> | undefined

  function model(): Promise<OfferedModel> {
    offered ??= findModel(config.get().model).catch((error) => {
      offered = undefined // The next look tries again.
      throw error
    })
    return offered
  }

  const configured = Promise.withResolvers<SiteConfig>()
  configured.promise.catch(() => {}) // Whoever needs it says what failed.
  const paying = watchPaying({ opened: opening.promise, config: configured.promise, line, isKept })

  function open({ compute }: Permission): void {
    const config = fetchSiteConfig()
    config.then(configured.resolve, configured.reject)
    const reading = config.then((site) => {
      // On this device alone means that nobody is told anything.
      const relays = compute === 'device' ? [] : site.tab.relays
      return { ...site, tab: { ...site.tab, relays, keepsNothing: !isKept } }
    })
    openTabOf(reading).then(opening.resolve, (error) => opening.reject(explained(error)))
  }

  /** What was allowed counts for the model that it was allowed for; which one the page means is looked up first. */
  async function remember(): Promise<void> {
    const kept = readPermission(origin)
    if (!kept || kept.modelCid !== (await model()).modelCid) return
    permission.update(() => kept)
    open(kept)
  }
  const remembered = remember().catch(() => {}) // Who is asked anew is told what failed.

  async function howToAsk(): Promise<Ask> {
    const where = permission.get()?.compute === 'device' ? 'local' : 'network'
    const modelCid = (await model()).modelCid
    if (where === 'network') await untilKnown(paying.known)
    const maxPrice = paying.state.get().spendable?.maxPrice ?? null
    return { where, modelCid, settings: initialSettings, maxPrice }
  }

  async function ask(text: string, part: Pick<Ask, 'sees'> = {}): Promise<string | null> {
    return session.send(text, { ...(await howToAsk()), ...part })
  }

  const asks = createPageAsks({
    line,
    session,
    send: (text, sees) => ask(text, { sees }),
    // What costs the visitor's own money is asked by the visitor alone.
    async isAllowed() {
      await remembered
      if (!permission.get()) return false
      await untilKnown(paying.known)
      return paying.state.get().by !== 'wallet'
    },
    isShown: () => untilShown(watch, shownMs),
  })
  line.onWish((wish) => {
    if (wish.type === 'ask') void asks.ask(wish)
    if (wish.type === 'stop') asks.stop()
    if (wish.type === 'clear') session.startNew()
    if (wish.type === 'focus') document.querySelector<HTMLElement>('[data-first]')?.focus()
  })

  return {
    line,
    watch,
    isKept,
    session,
    asks,
    permission,
    paying,
    opened: opening.promise,
    model,
    async send(text) {
      const turnId = await ask(text)
      if (!turnId)
        throw new WeftError('widget/busy', 'Another answer is being made. Send it again.')
      tellVisitorsEnd(session, line, turnId)
    },
    askAgain: (turnId) =>
      askAgain(turnId, {
        session,
        howToAsk,
        onBegin: () => tellVisitorsEnd(session, line, turnId),
      }),
    allow(what) {
      if (permission.get()) return // A window that was left open is late.
      const allowed: Permission = { ...what, allowedAtMs: Date.now() }
      writePermission(origin, allowed)
      permission.update(() => allowed)
      open(allowed)
      void asks.proceed()
    },
    forget() {
      writePermission(origin, null)
      location.reload()
    },
  }
}

/** A gateway or a chain that says nothing for so long pays nothing yet. */
const payingMs = 20_000

function untilKnown(known: Promise<void>): Promise<void> {
  return Promise.race([known, new Promise<void>((resolve) => setTimeout(resolve, payingMs))])
}

/** The page learns that there was an answer, not which. */
function tellVisitorsEnd(session: Session, line: PageLine, turnId: string): void {
  const { currentId } = session.state.get()
  const stop = session.state.subscribe(() => {
    const chat = session.state.get().chats[currentId ?? '']
    if (chat?.run?.turnId === turnId) return
    stop()
    const turn = chat?.turns.find(({ id }) => id === turnId)
    line.send({ type: 'visitor', tokens: turn?.answer?.tokens.length ?? 0 })
  })
}

/** Browsers that keep nothing for frames of other sites say so only when something is to be kept. */
function explained(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error
  return new WeftError(
    'widget/no-storage',
    'This browser lets Weft keep nothing inside another page, not even a key.',
    { facts: ['Open Weft itself, or allow storage for embedded pages.'], cause: error },
  )
}

async function findModel(wanted: string | null): Promise<OfferedModel> {
  const [{ tab }, { fetchCatalogue }] = await Promise.all([
    fetchSiteConfig(),
    import('@weft/sdk/catalogue'),
  ])
  const { curated, entries } = await fetchCatalogue(tab.modelsUrl)
  const named = curated.find(({ id, name }) => id === wanted || name === wanted)
  const entry = wanted
    ? entries.find(({ modelCid }) => modelCid === (cidOf(named) ?? wanted))
    : entries.find(({ manifest }) => manifest.task === 'chat')
  if (entry?.manifest.task !== 'chat') {
    throw new WeftError('widget/no-model', 'This page asks for a model that Weft does not list.', {
      facts: wanted ? [`Model: ${wanted}`] : [],
    })
  }
  const { modelCid, manifest, needs } = entry
  return { modelCid, name: manifest.name, downloadBytes: needs.downloadBytes }
}

function cidOf(model: CuratedModel | undefined): string | null {
  return model?.variants.find(({ modelCid }) => modelCid !== null)?.modelCid ?? null
}
