import { Link } from '@tanstack/react-router'
import { useCell } from '@weft/react'
import type { BackendChoice, DeviceGpu, ModelEntry, Models } from '@weft/sdk'
import type { ReactNode } from 'react'
import { errorWords } from '../chat/error-words.ts'
import { chatModels, nameAmong, toNamed } from '../models/model-names.ts'
import { fetchWords } from '../models/model-words.ts'
import { engineSentence } from '../playground/run-words.ts'
import { formatBytes } from '../row/summary.ts'
import { useDevice, useKeptBytes } from '../site/use-device.ts'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import { backendChoices, backendNames, parseBackend } from './backend.ts'
import { type DeviceFact, engineFacts } from './engine-facts.ts'

type DeviceCheckProps = {
  models: Models
  model: ModelEntry | undefined
  onModel: (modelCid: string) => void
  backend: BackendChoice
  onBackend: (backend: BackendChoice) => void
  onMeasure: () => void
  /** Why none of these can change now; null where they can. */
  locked: string | null
  /** What else can be chosen. */
  children?: ReactNode
}

/** What this device can run and at what speed: measured, not guessed. */
export function DeviceCheck(props: DeviceCheckProps) {
  const { models, model, onModel, backend, onBackend, onMeasure, locked, children } = props
  const list = chatModels(useCell(models.list))
  const named = list.map(toNamed)
  const engine = useCell(models.engine)
  const role = useCell(models.engineRole)
  const device = useDevice()
  const keptBytes = useKeptBytes()
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
          options={named.map((each) => [each.modelCid, nameAmong(each, named)])}
          disabled={locked !== null}
          onChange={onModel}
        />
        <Select
          label="Backend"
          value={backend}
          options={backendChoices.map((choice) => [choice, backendNames[choice]])}
          disabled={locked !== null}
          onChange={(value) => onBackend(parseBackend(value))}
        />
        {children}
        <Button kind="plain" disabled={locked !== null || busy || !model} onClick={onMeasure}>
          Measure speed
        </Button>
      </div>
      {locked && <p className="mt-2 text-xs text-ash">{locked}</p>}
      <dl className="mt-4">
        <FactRow
          name="WebGPU"
          value={device ? gpuSentence(device.gpu) : 'Looking for an adapter.'}
        />
        <FactRow name="Processor" value={`${navigator.hardwareConcurrency} threads`} />
        {model && <FactRow name="Model" value={modelFact(model, keptBytes(model.modelCid))} />}
        {engineFacts(engine, role).map(({ name, value }) => (
          <FactRow key={name} name={name} value={value} />
        ))}
      </dl>
      <p className="mt-2 text-sm">
        <Link to="/models" className="text-indigo underline underline-offset-2">
          Add, import or delete models
        </Link>
      </p>
      <p aria-live="polite" className="mt-2 text-sm">
        {engine.phase === 'failed' ? failedSentence(engine.error) : engineSentence(engine)}
      </p>
    </section>
  )
}

function modelFact({ downloadBytes, manifest }: ModelEntry, keptBytes: number): string {
  const memory = `${formatBytes(manifest.memoryBytes)} of memory`
  return [fetchWords(downloadBytes, keptBytes), memory, manifest.licence].join(' · ')
}

function failedSentence(error: Parameters<typeof errorWords>[0]): string {
  const { title, advice } = errorWords(error)
  return `${title} ${advice}`
}

function gpuSentence(gpu: DeviceGpu | null): string {
  if (!gpu) return 'This browser offers none here, so the CPU computes.'
  return gpu.isSoftware
    ? `${gpu.name}: software rendering, slower than the CPU path. Automatic takes the CPU.`
    : gpu.name
}

function FactRow({ name, value }: DeviceFact) {
  return (
    <div className="grid gap-x-4 border-t border-thread py-2 text-sm sm:grid-cols-[10rem_minmax(0,1fr)]">
      <dt className="text-ash">{name}</dt>
      <dd className="break-words tabular-nums">{value}</dd>
    </div>
  )
}
