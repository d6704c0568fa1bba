import type { Price, WeftErrorData } from '@weft/protocol'
import { useCell } from '@weft/react'
import type { BackendChoice, NodeState, Tab } from '@weft/sdk'
import { useEffect, useState } from 'react'
import { backendToLoad } from '../models/fit-by-choice.ts'
import { chatModels } from '../models/model-names.ts'
import { useCanPay } from '../money/can-pay.ts'
import { isFree, parsePrice } from '../money/price-words.ts'
import { toData } from '../site/open-site.ts'
import { readPreference, writePreference } from '../site/preferences.ts'
import { useMoney, useTab } from '../site/tab-context.tsx'
import { useFit } from '../site/use-device.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { OpeningLine, Page } from '../ui/page.tsx'
import { Select } from '../ui/select.tsx'
import { Accusations } from '../verify/accusations.tsx'
import { checkToo } from '../verify/check-too.ts'
import { KeptAnswers } from '../verify/kept-answers.tsx'
import { chosenBackend } from './backend.ts'
import { DeviceCheck } from './device-check.tsx'
import { JobList } from './job-list.tsx'
import { jobsChoices, parseJobs } from './jobs-at-once.ts'
import { PaidPanels } from './paid-panels.tsx'
import { PausePanel } from './pause-panel.tsx'
import { PriceFields } from './price-fields.tsx'
import { ServePanel } from './serve-panel.tsx'
import { nodeOf, runningShare, type Share, shareChoices, startShare, wholeShare } from './share.ts'

export function ContributePage() {
  const tab = useTab()
  return (
    <Page
      title="Contribute"
      sentence="This tab answers prompts of other tabs, with the model on this device."
    >
      {tab ? <Contribute tab={tab} /> : <OpeningLine />}
    </Page>
  )
}

function Contribute({ tab }: { tab: Tab }) {
  const models = chatModels(useCell(tab.models.list))
  const engine = useCell(tab.models.engine)
  const policy = useCell(tab.node.policy)
  const rest = useCell(tab.pageRest)
  const verifying = useCell(tab.verifier.state)
  const [checksToo, setChecksToo] = useState(() => readPreference('checksToo'))
  const [chosenCid, setChosenCid] = useState(() => readPreference('servedModelCid'))
  const [servesAgain, setServesAgain] = useState(() => readPreference('servesAgain'))
  const [backend, setBackend] = useState<BackendChoice>(chosenBackend)
  const [wanted, setWanted] = useState<Share>(() => runningShare(tab))
  const [tillError, setTillError] = useState<WeftErrorData | null>(null)
  const [jobsAtOnce, setJobsAtOnce] = useState(() => readPreference('jobsAtOnce'))
  const [typedPrice, setTypedPrice] = useState(() => readPreference('priceAsked'))
  const canPay = useCanPay()
  const money = useMoney()
  const parsedPrice = parsePrice(typedPrice)
  const asksMoney = canPay && parsedPrice.price !== null && !isFree(parsedPrice.price)
  const fit = useFit(backend)
  const node = nodeOf(tab, wanted)
  const state = useCell<NodeState>(node.state)
  const serving = state.phase !== 'off' && state.phase !== 'failed'
  const modelCid = serving ? state.modelCid : chosenCid
  const model = models.find((entry) => entry.modelCid === modelCid) ?? models[0]
  const choices = shareChoices(model ?? { parts: [] })
  const share = choices.some(([each]) => each === wanted) ? wanted : wholeShare
  const loadedOn = model && backendToLoad(backend, { fit: fit(model), needs: model.needs })

  function serve(on: boolean): void {
    // Only a whole model is served again by itself.
    writePreference('served', on && share === wholeShare)
    const maxJobs = parseJobs(jobsAtOnce)
    if (on && model) writePreference('servedModelCid', model.modelCid)
    const jobs = maxJobs === null ? {} : { maxJobs }
    const start = async () => {
      if (!on || !model || !loadedOn) return stop()
      const price = await openTill()
      const choice = { modelCid: model.modelCid, backend: loadedOn, ...jobs, ...price }
      await startShare(tab, share, choice)
      if (share === wholeShare) await checkToo(tab, model, loadedOn)
    }
    start().catch((error) => setTillError(toData(error))) // Or the node's sentence says what failed.
  }
  async function stop(): Promise<void> {
    await Promise.all([node.stop(), checksToo && tab.verifier.stop()])
  }
  function chooseChecksToo(isWanted: boolean): void {
    setChecksToo(isWanted)
    writePreference('checksToo', isWanted)
    if (!serving || !model || !loadedOn || share !== wholeShare) return
    if (isWanted) void checkToo(tab, model, loadedOn)
    else void tab.verifier.stop()
  }
  /** @throws WeftError where this tab asks for a price and cannot be paid */
  async function openTill(): Promise<{ price?: Price }> {
    setTillError(null)
    if (!asksMoney || !parsedPrice.price) return {}
    await money.earn()
    writePreference('hasEarned', true)
    return { price: parsedPrice.price }
  }
  function measure(): void {
    if (!model || !loadedOn) return
    tab.models.prepare(model.modelCid, loadedOn).catch(() => {}) // Shown with the device.
  }
  useEffect(() => writePreference('backend', backend), [backend])
  useEffect(() => writePreference('jobsAtOnce', jobsAtOnce), [jobsAtOnce])
  useEffect(() => writePreference('servesAgain', servesAgain), [servesAgain])
  useEffect(() => writePreference('priceAsked', typedPrice), [typedPrice])

  return (
    <>
      <ServePanel
        state={state}
        engine={node === tab.node ? engine : { phase: 'empty' }}
        peerId={tab.peerId}
        on={serving}
        onServe={serve}
        rest={rest}
        servesAgain={servesAgain}
        onServesAgain={setServesAgain}
        answersChecked={verifying.passed + verifying.suspicious + verifying.failed}
        checksToo={checksToo}
        onChecksToo={chooseChecksToo}
        onPause={(untilMs) => tab.node.setPolicy({ ...policy, untilMs })}
      />
      <Accusations court={tab.court} />
      {tillError && <ErrorNote error={tillError} />}
      <JobList jobs={state.jobs}>
        <KeptAnswers court={tab.court} />
      </JobList>
      {canPay && (
        <>
          <PriceFields
            typed={typedPrice}
            parsed={parsedPrice}
            onTyped={setTypedPrice}
            locked={serving}
          />
          <PaidPanels asksMoney={asksMoney} />
        </>
      )}
      <PausePanel policy={policy} onPolicy={tab.node.setPolicy} />
      <DeviceCheck
        models={tab.models}
        model={model}
        onModel={(cid) => {
          setWanted(wholeShare)
          setChosenCid(cid)
        }}
        backend={backend}
        onBackend={setBackend}
        onMeasure={measure}
        locked={serving ? 'Switch Serve off to change these.' : null}
      >
        {choices.length > 1 && (
          <Select
            label="Share"
            value={share}
            options={choices}
            disabled={serving}
            onChange={setWanted}
          />
        )}
        <Select
          label="Jobs at once"
          value={jobsAtOnce}
          options={jobsChoices}
          disabled={serving}
          onChange={setJobsAtOnce}
        />
      </DeviceCheck>
    </>
  )
}
