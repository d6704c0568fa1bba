/**
 * Composes the rooms into one tab.
 * @module
 */
import { createSharedEngine, createWorkerEngine, openWorkerLayers } from '@weft/engine'
import { createNetwork, type Network } from '@weft/network'
import {
  type AnswerRecord,
  changeAnswer,
  claimIdentity,
  clearPeers,
  createLedgers,
  createModelStore,
  type Database,
  findAnswers,
  getConversation,
  type Identity,
  listConversations,
  listPeers,
  openChunkStore,
  openDatabase,
  putConversation,
  removeConversation,
  updatePeers,
} from '@weft/storage'
import { fetchCatalogue, findEntry } from './catalogue.ts'
import { type Cell, createCell } from './cell.ts'
import { checkSomeHolder } from './check-holder.ts'
import { createAnswerChecks } from './checking/answer-checks.ts'
import type { CourtRecord } from './checking/court-records.ts'
import { dieLots, lotsOrDie } from './checking/lots.ts'
import { createTabCourt } from './checking/tab-court.ts'
import { createVerifier } from './checking/verifier.ts'
import { findTabsFor } from './find-tabs.ts'
import { type GenerateComponents, generate } from './generate.ts'
import { createHeadEngine } from './layers/head-engine.ts'
import { createLayersNode } from './layers/layers-node.ts'
import { createModels } from './models.ts'
import { createNodeMemory } from './node-memory.ts'
import { DecodePace } from './pausing/decode-pace.ts'
import type { SignSource } from './pausing/device-signs.ts'
import { createPageRest } from './pausing/page-rest.ts'
import { createPauseWatch } from './pausing/pause-watch.ts'
import { stayAwake } from './pausing/stay-awake.ts'
import { createPublishedModels } from './published-models.ts'
import { createPurse } from './purse.ts'
import { membersOf } from './quorum/compare.ts'
import { recheck } from './recheck.ts'
import { regionOf } from './region.ts'
import { createServingNode } from './serving-node.ts'
import { createStoring } from './storing.ts'
import type { Tab, TabInit, WaitOptions } from './tab.ts'
import { createTabEngine } from './tab-engine.ts'

/**
 * Opens everything a page needs. A relay that is down is no error: the network keeps trying.
 * @throws WeftError `sdk/catalogue`, `storage/no-identity`
 */
export async function openTab(init: TabInit): Promise<Tab> {
  const { relays, iceServers, modelsUrl } = init
  const isOutdated = createCell(false)
  const opening = openDatabase('weft', { onOutdated: () => isOutdated.set(true) })
  // Relays are dialled while the catalogue is fetched.
  const joining = opening.then((database) => join(database, { relays, iceServers }))
  const [catalogue, chunks, database, { identity, network }] = await Promise.all([
    fetchCatalogue(modelsUrl),
    openChunkStore(navigator.storage),
    opening,
    joining,
  ]).catch((error: unknown) => {
    void joining.then(leave, () => {})
    throw error
  })
  const { privateKey, peerId } = identity
  const { entries } = catalogue
  const { locks, storage } = navigator
  const ledgers = createLedgers(database)
  const { purse, payer, payee, close: closePurse } = createPurse({ identity, ledgers })
  const store = createModelStore({ chunks, database, locks, storage })
  const memory = createNodeMemory({
    store: {
      list: () => listPeers(database),
      update: (changes) => updatePeers(database, changes),
      clear: () => clearPeers(database),
    },
  })
  const tabs = { network, memory }
  const pace = new DecodePace(() => document.hidden)
  const pausing = createPauseWatch({
    source: navigator as SignSource,
    pace,
    kept: init.pausePolicy,
  })
  const storing = await createStoring({
    database,
    store,
    network,
    locks,
    pausing,
    channel: new BroadcastChannel('weft-storing'),
    audit: (modelCid, signal) =>
      checkSomeHolder({ ...tabs, store }, modelCid, signal).catch(() => {}),
  })
  const findTabs = (modelCid: string) => findTabsFor(tabs, modelCid)
  const tabEngine = createTabEngine({
    catalogue: entries,
    store,
    findTabs,
    openEngine: (events) =>
      createSharedEngine({
        name: 'models',
        createEngine: () => createWorkerEngine(),
        ...events,
      }),
  })
  const models = await createModels({
    catalogue,
    tabEngine,
    network,
    store,
    storing,
    published: createPublishedModels(tabs),
  })
  const pageRest = createPageRest({ document, pace })
  const attend = () => {
    const ends = [stayAwake(), pageRest.begin()]
    return () => {
      for (const end of ends) end()
    }
  }
  const headEngine = createHeadEngine({ catalogue: entries, store, network, findTabs })
  const serving = { catalogue: entries, payee, network, privateKey, attend, pausing, pace }
  let isEarning = false
  const onEarning = (now: boolean) => {
    isEarning = now
  }
  const node = createServingNode({ ...serving, tabEngine, onEarning })
  const { obstacle } = headEngine
  const head = createServingNode({ ...serving, tabEngine: headEngine, obstacle })
  const layers = createLayersNode({
    ...serving,
    store,
    findTabs,
    openLayers: openWorkerLayers,
  })

  const localEngine = async (modelCid: string, options: WaitOptions) => {
    await tabEngine.prepare(modelCid, 'auto', options)
    return tabEngine.engine
  }
  const manifestOf = (modelCid: string) => findEntry(entries, modelCid).manifest
  const opened = createTabCourt({
    ...tabs,
    privateKey,
    ledgers: { open: (owner) => ledgers.open<CourtRecord>(owner) },
    manifestOf,
  })
  const checks = createAnswerChecks({
    ...tabs,
    manifestOf,
    lots: lotsOrDie(opened.lots, dieLots(sampledShare)),
    court: opened.view,
    waiting: () => findAnswers(database, (answer) => waitsHere(answer, peerId)),
    keep: (place, change) => changeAnswer(database, place, change),
  })
  const verifier = createVerifier({
    ...serving,
    tabEngine,
    court: opened,
    isBusy: () => isEarning,
  })
  const components: GenerateComponents = {
    peerId,
    network,
    memory,
    payer,
    manifestOf,
    localEngine,
    checks,
  }

  return {
    peerId,
    isOutdated,
    network: watchStatus(network),
    models,
    storing,
    client: {
      generate: (request, options) => generate(components, request, options),
      check: (answer, options) => checks.ask(answer, options),
      onCheck: checks.onChange,
      recheck: async (answer, options = {}) =>
        recheck(await localEngine(answer.job.modelCid, options), answer, options),
    },
    node,
    head,
    layers,
    verifier,
    pageRest: pageRest.rest,
    peers: {
      remembered: memory.count,
      falseNodes: memory.falseNodes,
      forget: () => memory.forget(),
    },
    purse,
    court: opened.court,
    history: {
      list: () => listConversations(database),
      get: (id) => getConversation(database, id),
      put: (conversation) => putConversation(database, conversation),
      remove: (id) => removeConversation(database, id),
    },
    async close() {
      checks.close()
      const ending = [node.stop(), head.stop(), layers.stop(), verifier.stop()]
      await Promise.all([...ending, opened.close(), memory.flush(), storing.close()])
      pausing.close()
      await closePurse()
      await Promise.all([network.stop(), tabEngine.close(), headEngine.close()])
      database.close()
      identity.release()
    },
  }
}

/** Of the answers of grade `sampled`, where no chain draws: as many as there. */
const sampledShare = 0.1

/** Whoever asked has given up by then, or is gone. */
const othersAfterMs = 30 * 60_000

/** Two open tabs share a history: each pursues what it asked for itself, and what one left that was closed. */
function waitsHere(answer: AnswerRecord, peerId: string): boolean {
  const { clientPeerId, createdAtMs } = answer.job
  if (clientPeerId !== peerId && Date.now() - createdAtMs < othersAfterMs) return false
  return membersOf(answer).some(({ check }) => check?.state === 'waiting')
}

type Joined = { identity: Identity; network: Network }

async function join(
  database: Database,
  { relays, iceServers }: Omit<TabInit, 'modelsUrl'>,
): Promise<Joined> {
  const { locks } = navigator
  const identity = await claimIdentity({ database, locks, session: sessionStorage })
  try {
    const { privateKey } = identity
    const region = regionOf(Intl.DateTimeFormat().resolvedOptions().timeZone)
    return { identity, network: await createNetwork({ privateKey, relays, iceServers, region }) }
  } catch (error) {
    identity.release()
    throw error
  }
}

async function leave({ identity, network }: Joined): Promise<void> {
  await network.stop()
  identity.release()
}

function watchStatus(network: Network): Cell<ReturnType<Network['status']>> {
  const cell = createCell(network.status())
  network.onStatus(cell.set)
  return cell
}
