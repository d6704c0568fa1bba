import type { WeftErrorData } from '@weft/protocol'
import { useCell } from '@weft/react'
import type { BackendChoice, CourtState, Tab } from '@weft/sdk'
import { useEffect, useState } from 'react'
import { chosenBackend } from '../contribute/backend.ts'
import { DeviceCheck } from '../contribute/device-check.tsx'
import { backendToLoad } from '../models/fit-by-choice.ts'
import { chatModels } from '../models/model-names.ts'
import { useCanPay } from '../money/can-pay.ts'
import { Section } from '../money/section.tsx'
import { toData } from '../site/open-site.ts'
import { readPreference, writePreference } from '../site/preferences.ts'
import { useMoney, useTab } from '../site/tab-context.tsx'
import { useFit } from '../site/use-device.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { OpeningLine, Page } from '../ui/page.tsx'
import { CaseList } from './case-list.tsx'
import { CheatingNote } from './cheating-note.tsx'
import { CheckList } from './check-list.tsx'
import { canCheck } from './check-too.ts'
import { SeatPanel } from './seat-panel.tsx'
import { VerifyPanel } from './verify-panel.tsx'

export function VerifyPage() {
  const tab = useTab()
  return (
    <Page
      title="Verify"
      sentence="This tab computes answers of other tabs again, choice by choice, and signs what it found."
    >
      {tab ? <Verify tab={tab} /> : <OpeningLine />}
    </Page>
  )
}

function Verify({ tab }: { tab: Tab }) {
  const models = chatModels(useCell(tab.models.list)).filter(canCheck)
  const engine = useCell(tab.models.engine)
  const state = useCell(tab.verifier.state)
  const serving = useCell(tab.node.state)
  const [chosenCid, setChosenCid] = useState(() => readPreference('servedModelCid'))
  const [backend, setBackend] = useState<BackendChoice>(chosenBackend)
  const [verifiesAgain, setVerifiesAgain] = useState(() => readPreference('verifiesAgain'))
  const canPay = useCanPay()
  const fit = useFit(backend)
  const on = state.phase !== 'off' && state.phase !== 'failed'
  const isServing = serving.phase !== 'off' && serving.phase !== 'failed'
  const heldCid = on ? state.modelCid : isServing ? serving.modelCid : chosenCid
  const model = models.find(({ modelCid }) => modelCid === heldCid) ?? models[0]
  const loadedOn = model && backendToLoad(backend, { fit: fit(model), needs: model.needs })

  function verify(isWanted: boolean): void {
    writePreference('verified', isWanted)
    if (isServing) writePreference('checksToo', isWanted)
    if (!isWanted) return void tab.verifier.stop()
    if (!model || !loadedOn) return
    writePreference('servedModelCid', model.modelCid)
    const choice = { modelCid: model.modelCid, backend: loadedOn }
    tab.verifier.start(choice).catch(() => {}) // The verifier's sentence says what failed.
  }
  function measure(): void {
    if (!model || !loadedOn) return
    tab.models.prepare(model.modelCid, loadedOn).catch(() => {}) // Shown with the device.
  }
  useEffect(() => writePreference('backend', backend), [backend])
  useEffect(() => writePreference('verifiesAgain', verifiesAgain), [verifiesAgain])

  return (
    <>
      <VerifyPanel
        state={state}
        engine={engine}
        on={on}
        onVerify={verify}
        verifiesAgain={verifiesAgain}
        onVerifiesAgain={setVerifiesAgain}
      />
      <CheckList checks={state.checks} />
      {canPay && <AtCourt tab={tab} />}
      <DeviceCheck
        models={tab.models}
        model={model}
        onModel={setChosenCid}
        backend={backend}
        onBackend={setBackend}
        onMeasure={measure}
        locked={lockedBy(on, isServing)}
      />
    </>
  )
}

function lockedBy(on: boolean, isServing: boolean): string | null {
  if (on) return 'Switch Verify off to change these.'
  return isServing ? 'This tab serves: it can check answers of that model.' : null
}

/** What a chain adds: a seat, cases, and whether cheating pays. */
function AtCourt({ tab }: { tab: Tab }) {
  const money = useMoney()
  const state = useCell(tab.court.state)
  const [error, setError] = useState<WeftErrorData | null>(null)
  useEffect(() => {
    money.judge().then(
      () => {
        setError(null)
        writePreference('hasCourt', true)
      },
      (thrown) => setError(toData(thrown)),
    )
  }, [money])
  if (error) return <ErrorNote error={error} />
  if (!state) return <p className="text-sm text-ash">Asking the chain where this tab stands.</p>
  return (
    <>
      <SeatPanel purse={tab.purse} court={tab.court} state={state} />
      <CaseList cases={state.cases} />
      <Cheating tab={tab} court={state} />
    </>
  )
}

function Cheating({ tab, court: { rules, standing } }: { tab: Tab; court: CourtState }) {
  const { checks } = useCell(tab.verifier.state)
  const [dearest = 0n] = checks.map(({ costWei }) => costWei).sort((a, b) => (a < b ? 1 : -1))
  const stakeWei = standing && standing.stakeWei > 0n ? standing.stakeWei : rules.minimumStakeWei
  return (
    <Section title="What cheating costs">
      <CheatingNote
        init={{ rules, stakeWei, gainWei: dearest }}
        whose={
          standing && standing.stakeWei > 0n
            ? 'A node with as much at stake as this tab'
            : 'A node with the stake of a seat'
        }
        answers={checks.length > 0 ? 'the dearest answer checked here lately brought' : null}
      />
    </Section>
  )
}
