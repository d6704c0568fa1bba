import type { WeftErrorData } from '@weft/protocol'
import { useCell } from '@weft/react'
import type { CachedModel, Models, Storing } from '@weft/sdk'
import { useRef, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { Bar } from '../ui/bar.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { Switch } from '../ui/switch.tsx'
import { deleteQuestion, keptWords } from './model-words.ts'

type KeptItemProps = {
  models: Models
  storing: Storing
  model: CachedModel
  /** Tells it from every other in the list. */
  name: string
  /** Whether the site has its files. */
  isOnSite: boolean
  onRemoved: () => void
}

/** One kept model; deleting it is asked about first, with what it costs. */
export function KeptItem(props: KeptItemProps) {
  const { models, storing, model, name, isOnSite, onRemoved } = props
  const { shared } = useCell(storing.state)
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<WeftErrorData | null>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const { manifest, modelCid, cachedBytes, totalBytes, isImported, publisher, lastUsedAtMs } = model
  const used = new Date(lastUsedAtMs).toLocaleString('en', {
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  function close(): void {
    setAsking(false)
    opener.current?.focus()
  }
  async function share(isWanted: boolean): Promise<void> {
    setError(null)
    try {
      await (isWanted ? storing.share(modelCid) : storing.unshare(modelCid))
    } catch (thrown) {
      setError(toData(thrown))
    }
  }
  async function remove(): Promise<void> {
    close()
    try {
      await models.remove(modelCid)
      onRemoved()
    } catch (thrown) {
      setError(toData(thrown))
    }
  }
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-2 border-t border-thread py-3">
      <div className="flex items-center justify-between gap-4">
        <div className="min-w-0">
          <p>
            {manifest.name}
            <span className="ml-2 font-mono text-xs">{manifest.dtype}</span>
            {isImported && <span className="ml-2 text-sm text-ash">imported</span>}
            {publisher && <span className="ml-2 text-sm text-ash">from another tab</span>}
          </p>
          <p className="text-sm text-ash tabular-nums">
            {keptWords(model)} · used {used}
          </p>
        </div>
        <div className="flex shrink-0 flex-wrap items-center justify-end gap-x-4">
          {cachedBytes === totalBytes && (
            <Switch
              label="Share"
              name={`Share ${name}`}
              checked={shared.includes(modelCid)}
              onChange={share}
            />
          )}
          <Button
            ref={opener}
            kind="plain"
            aria-label={`Delete ${name}`}
            aria-expanded={asking}
            onClick={() => {
              setAsking(!asking)
              setError(null)
            }}
          >
            Delete
          </Button>
        </div>
      </div>
      {cachedBytes < totalBytes && (
        <div className="max-w-60">
          <Bar share={cachedBytes / totalBytes} />
        </div>
      )}
      {asking && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a question.
        <div
          role="group"
          aria-label={`Delete ${name}?`}
          onKeyDown={({ key }) => key === 'Escape' && close()}
          className="flex flex-wrap items-center gap-2 text-sm"
        >
          <p className="mr-2">{deleteQuestion(model, isOnSite)}</p>
          <Button kind="plain" onClick={remove}>
            Delete it
          </Button>
          <Button kind="quiet" autoFocus onClick={close}>
            Keep it
          </Button>
        </div>
      )}
      {error && <ErrorNote error={error} />}
    </li>
  )
}
