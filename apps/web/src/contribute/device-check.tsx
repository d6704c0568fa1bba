import type { BackendChoice, ModelEntry, Models } from '@weft/sdk'
import { useEffect, useState } from 'react'
import { errorWords } from '../chat/error-words.ts'
import { engineSentence } from '../playground/run-words.ts'
import { formatBytes } from '../row/summary.ts'
import { useCell } from '../site/use-cell.ts'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import { backendChoices, backendNames, parseBackend } from './backend.ts'
import { type DeviceFact, engineFacts } from './engine-facts.ts'
import { type GpuProbe, gpuSentence, probeGpu } from './probe-gpu.ts'

type DeviceCheckProps = {
  models: Models
  model: ModelEntry | undefined
  onModel: (modelCid: string) => void
  backend: BackendChoice
  onBackend: (backend: BackendChoice) => void
  /** Model and backend cannot change while it serves. */
  locked: boolean
}

/** What this device can run and at what speed: measured, not guessed. */
export function DeviceCheck(props: DeviceCheckProps) {
  const { models, model, onModel, backend, onBackend, locked } = props
  const list = useCell(models.list)
  const engine = useCell(models.engine)
  const busy = engine.phase === 'downloading' || engine.phase === 'loading'
  return (
    <section aria-labelledby="device-title">
      <h2 id="device-title" className="text-lg font-semibold">
        This device
      </h2>
      <div className="mt-3 flex flex-wrap items-end gap-3">
        <Select
          label="Model"
          value={model?.modelCid ?? ''}
          options={list.map(({ modelCid, manifest }) => [modelCid, manifest.name])}
          disabled={locked}
          onChange={onModel}
        />
        <Select
          label="Backend"
          value={backend}
          options={backendChoices.map((choice) => [choice, backendNames[choice]])}
          disabled={locked}
          onChange={(value) => onBackend(parseBackend(value))}
        />
        <Button
          kind="plain"
          disabled={locked || busy || !model}
          onClick={() => {
            if (model) models.prepare(model.modelCid, backend).catch(() => {}) // Shown below.
          }}
        >
          Measure speed
        </Button>
      </div>
      {locked && <p className="mt-2 text-xs text-ash">Switch Serve off to change these.</p>}
      <dl className="mt-4">
        <GpuFact />
        <FactRow name="Processor" value={`${navigator.hardwareConcurrency} threads`} />
        {model && (
          <FactRow
            name="Model"
            value={`${formatBytes(model.downloadBytes)} to fetch once, ${formatBytes(model.manifest.memoryBytes)} of memory, ${model.manifest.licence}`}
          />
        )}
        {engineFacts(engine).map(({ name, value }) => (
          <FactRow key={name} name={name} value={value} />
        ))}
      </dl>
      <p aria-live="polite" className="mt-2 text-sm">
        {engine.phase === 'failed' ? failedSentence(engine.error) : engineSentence(engine)}
      </p>
    </section>
  )
}

function failedSentence(error: Parameters<typeof errorWords>[0]): string {
  const { title, advice } = errorWords(error)
  return `${title} ${advice}`
}

function GpuFact() {
  const [probe, setProbe] = useState<GpuProbe | null>(null)
  useEffect(() => {
    let shown = true
    probeGpu().then((result) => shown && setProbe(result))
    return () => {
      shown = false
    }
  }, [])
  return <FactRow name="WebGPU" value={probe ? gpuSentence(probe) : 'Looking for an adapter.'} />
}

function FactRow({ name, value }: DeviceFact) {
  return (
    <div className="grid gap-x-4 border-t border-thread py-2 text-sm sm:grid-cols-[10rem_minmax(0,1fr)]">
      <dt className="text-ash">{name}</dt>
      <dd className="break-words tabular-nums">{value}</dd>
    </div>
  )
}
