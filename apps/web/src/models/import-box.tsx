import { useCell } from '@weft/react'
import type { ImportReport, Models } from '@weft/sdk'
import { type DragEvent, useState } from 'react'
import { Bar } from '../ui/bar.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { droppedFiles } from './dropped-files.ts'
import { FileButton } from './file-button.tsx'
import { importFiles, lastImport, wasRefused } from './imports.ts'

/** Brings in a model from files of this device, dropped or chosen. */
export function ImportBox({ models }: { models: Models }) {
  const state = useCell(lastImport)
  const refused = useCell(wasRefused)
  const [isOver, setOver] = useState(false)
  const cached = useCell(models.cached)
  const running = state.phase === 'running'
  const imported = state.phase === 'done' ? state.report : null
  // It may have been deleted since.
  const report = cached.some(({ modelCid }) => modelCid === imported?.modelCid) ? imported : null
  const take = (files: File[]) => void importFiles(models, () => files)

  function onDrop(event: DragEvent): void {
    event.preventDefault()
    setOver(false)
    const { dataTransfer } = event
    void importFiles(models, () => droppedFiles(dataTransfer))
  }

  return (
    <section aria-labelledby="import-title">
      <h2 id="import-title" className="text-lg font-semibold">
        From your files
      </h2>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside do the same. */}
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false)
        }}
        onDrop={onDrop}
        className={`mt-3 grid gap-3 rounded-md border border-dashed p-4 sm:p-5 ${
          isOver ? 'border-indigo bg-paper' : 'border-edge'
        }`}
      >
        <p className="max-w-[66ch] text-sm text-ash">
          Drop a model folder with its manifest.json here, or the files of a model that this site
          knows. Each is checked against its hash; nothing leaves this device.
        </p>
        <div className="flex flex-wrap gap-2">
          <FileButton name="Choose a folder" folder disabled={running} onFiles={take} />
          <FileButton name="Choose files" folder={false} disabled={running} onFiles={take} />
        </div>
        {running && <Running {...state} />}
        <p role="status" aria-label="Import" className="text-sm empty:sr-only">
          {report && doneSentence(report)}
        </p>
        <p aria-live="polite" className="text-sm empty:sr-only">
          {refused && 'One import at a time: the files that came meanwhile were not taken.'}
        </p>
        {state.phase === 'failed' && <ErrorNote error={state.error} />}
      </div>
    </section>
  )
}

type RunningProps = { loadedBytes: number; totalBytes: number; controller: AbortController }

function Running({ loadedBytes, totalBytes, controller }: RunningProps) {
  return (
    <div className="grid gap-2">
      <Bar share={totalBytes > 0 ? loadedBytes / totalBytes : 0} label="Importing" />
      <div className="flex items-center justify-between gap-4 text-sm">
        <p className="text-ash tabular-nums">
          {totalBytes > 0
            ? `Checked and kept: ${Math.floor((100 * loadedBytes) / totalBytes)} %.`
            : 'Reading the files.'}
        </p>
        <Button kind="plain" onClick={() => controller.abort()}>
          Cancel
        </Button>
      </div>
    </div>
  )
}

function doneSentence({ manifest, missingFiles }: ImportReport): string {
  const kept = `${manifest.name} (${manifest.dtype}) is kept in this browser.`
  if (missingFiles.length === 0) return kept
  return `${kept} Not among the files, so fetched when it is loaded: ${missingFiles.join(', ')}.`
}
