/**
 * Composes the rooms into one tab.
 * @module
 */

import type { Network } from '@weft/network'
import { type AnswerRecord, createModelStore, openGivenAnswers } from '@weft/storage'
import { openPlatform } from '#platform'
import { fetchCatalogue, findEntry } from './catalogue.ts'
import { type Cell, createCell } from './cell.ts'
import { checkSomeHolder } from './check-holder.ts'
import { createAnswerChecks } from './checking/answer-checks.ts'
import type { CourtRecord } from './checking/court-records.ts'
import { dieLots, lotsOrDie } from './checking/lots.ts'
import { createTabCourt, type OpenCourt } from './checking/tab-court.ts'
import { createVerifier } from './checking/verifier.ts'
import { createTabCredits } from './credits/tab-credits.ts'
import { createEmbedder } from './embedder.ts'
import { findTabsFor } from './find-tabs.ts'
import { type GenerateComponents, generate } from './generate.ts'
import { createGraphRunner } from './graph-runner.ts'
import { createHeadEngine } from './layers/head-engine.ts'
import { createLayersNode } from './layers/layers-node.ts'
import { createModels } from './models.ts'
import { createNodeMemory } from './node-memory.ts'
import { DecodePace } from './pausing/decode-pace.ts'
import { createPageRest } from './pausing/page-rest.ts'
import { createPauseWatch } from './pausing/pause-watch.ts'
import type { Platform } from './platform/platform.ts'
import { createTabProofs } from './proved/tab-proofs.ts'
import { createPublishedModels } from './published-models.ts'
import { createPurse } from './purse.ts'
import { membersOf } from './quorum/compare.ts'
import { recheck } from './recheck.ts'
import { regionOf } from './region.ts'
import { createServingNode } from './serving-node.ts'
import { createSpeech } from './speech.ts'
import { createStoring } from './storing.ts'
import type { Tab, TabInit, WaitOptions } from './tab.ts'
import { createTabEngine } from './tab-engine.ts'

/**
 * Opens everything a page needs. A relay that is down is no error: the network keeps trying.
 * @throws WeftError `sdk/catalogue`, `storage/no-identity`
 */
export async function openTab(init: TabInit): Promise<Tab> {
  // Relays are dialled while the catalogue is fetched.
  const joining = join(init)
  const [catalogue, { platform, network }] = await Promise.all([
    fetchCatalogue(init.modelsUrl),
    joining,
  ]).catch((error: unknown) => {
    void joining.then(leave, () => {})
    throw error
  })
  const { stores, identity, chunks, locks, storage, page } = platform
  const { history, ledgers } = stores
  const { privateKey, peerId } = identity
  const { entries } = catalogue
  const { purse, payer, payee, close: closePurse } = createPurse({ identity, ledgers })
  const store = createModelStore({ chunks, stores, locks, storage })
  const memory = createNodeMemory({ store: stores.peers })
  const credits = createTabCredits({
    store: stores.credits,
    prover: () => platform.openProver(siteOf(init.modelsUrl)),
  })
  const tabs = { network, memory }
  const proofs = createTabProofs(tabs)
  const pace = new DecodePace(() => page.hidden)
  const pausing = createPauseWatch({
    source: platform.signs,
    pace,
    kept: init.pausePolicy,
  })
  const storing = await createStoring({
    kept: stores.storing,
    store,
    network,
    locks,
    pausing,
    channel: platform.openChannel('weft-storing'),
    audit: (modelCid, signal) =>
      checkSomeHolder({ ...tabs, store }, modelCid, signal).catch(() => {}),
  })
  const findTabs = (modelCid: string) => findTabsFor(tabs, modelCid)
  const tabEngine = createTabEngine({
    catalogue: entries,
    store,
    findTabs,
    openEngine: platform.openEngine,
  })
  const embedder = createEmbedder({
    catalogue: entries,
    store,
    findTabs,
    createEngine: platform.createEngine,
  })
  const graphInit = { catalogue: entries, store, findTabs, openGraph: platform.openGraph }
  const graphs = createGraphRunner(graphInit)
  const speech = createSpeech(graphInit)
  const models = await createModels({
    catalogue,
    tabEngine,
    network,
    store,
    storing,
    published: createPublishedModels(tabs),
  })
  const pageRest = createPageRest({ document: page, pace })
  const attend = () => {
    const ends = [platform.stayAwake(), pageRest.begin()]
    return () => {
      for (const end of ends) end()
    }
  }
  const headEngine = createHeadEngine({ catalogue: entries, store, network, findTabs })
  const onAnswer: OpenCourt['answered'] = (claim) => opened.answered(claim)
  const serving = {
    catalogue: entries,
    payee,
    network,
    privateKey,
    attend,
    pausing,
    pace,
    onAnswer,
  }
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
    openLayers: platform.openLayers,
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
    answers: { open: (owner) => openGivenAnswers(stores.givenAnswers, owner) },
    manifestOf,
  })
  const checks = createAnswerChecks({
    ...tabs,
    manifestOf,
    lots: lotsOrDie(opened.lots, dieLots(sampledShare)),
    court: opened.view,
    waiting: () => history.findAnswers((answer) => waitsHere(answer, peerId)),
    keep: history.changeAnswer,
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
    isOutdated: platform.isOutdated,
    network: watchStatus(network),
    models,
    storing,
    client: {
      generate: (request, options) => generate(components, request, options),
      embed: embedder.embed,
      run: graphs.run,
      transcribe: speech.transcribe,
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
    credits,
    proofs,
    court: opened.court,
    history,
    async close() {
      checks.close()
      const ending = [node.stop(), head.stop(), layers.stop(), verifier.stop(), proofs.offer(null)]
      await Promise.all([...ending, opened.close(), memory.flush(), storing.close()])
      pausing.close()
      await closePurse()
      await Promise.all([network.stop(), tabEngine.close(), headEngine.close()])
      await Promise.all([embedder.close(), graphs.close(), speech.close()])
      platform.close()
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

/** What is beside its models. */
function siteOf(modelsUrl: string): string {
  return new URL('..', new URL(modelsUrl, globalThis.location?.href)).href
}

type Joined = { platform: Platform; network: Network }

async function join({ relays, iceServers, ...place }: TabInit): Promise<Joined> {
  const platform = await openPlatform(place)
  try {
    const { privateKey } = platform.identity
    const region = regionOf(Intl.DateTimeFormat().resolvedOptions().timeZone)
    const network = await platform.openNetwork({ privateKey, relays, iceServers, region })
    return { platform, network }
  } catch (error) {
    platform.close()
    throw error
  }
}

async function leave({ platform, network }: Joined): Promise<void> {
  await network.stop()
  platform.close()
}

function watchStatus(network: Network): Cell<ReturnType<Network['status']>> {
  const cell = createCell(network.status())
  network.onStatus(cell.set)
  return cell
}
