import { useCell } from '@weft/react'
import type { Models, StorageSpace, Storing } from '@weft/sdk'
import { useRef, useState } from 'react'
import { Bar } from '../ui/bar.tsx'
import { Button } from '../ui/button.tsx'
import { KeptItem } from './kept-item.tsx'
import { nameAmong, toNamed } from './model-names.ts'
import { spaceSentence } from './model-words.ts'

/** What this browser keeps, how much room there is, and whether it stays. */
export function KeptModels({ models, storing }: { models: Models; storing: Storing }) {
  const cached = useCell(models.cached)
  const space = useCell(models.storage)
  const list = useCell(models.list)
  const named = cached.map(toNamed)
  const heading = useRef<HTMLHeadingElement>(null)
  const isOnSite = (modelCid: string) =>
    list.some((entry) => entry.modelCid === modelCid && !entry.isImported && !entry.publisher)
  return (
    <section aria-labelledby="kept-title">
      <h2 id="kept-title" ref={heading} tabIndex={-1} className="w-fit text-lg font-semibold">
        Kept in this browser
      </h2>
      {space ? (
        <SpaceLines models={models} space={space} isEmpty={cached.length === 0} />
      ) : (
        <p className="mt-1 text-sm text-ash">Asking this browser what it keeps.</p>
      )}
      {cached.length > 0 ? (
        <ul aria-label="Kept models" className="mt-3">
          {cached.map((model) => (
            <KeptItem
              key={model.modelCid}
              models={models}
              storing={storing}
              model={model}
              name={nameAmong(toNamed(model), named)}
              isOnSite={isOnSite(model.modelCid)}
              onRemoved={() => heading.current?.focus()}
            />
          ))}
        </ul>
      ) : (
        space?.isLasting && (
          <p className="text-sm text-ash">
            A model is kept the first time it is loaded, and is not fetched again.
          </p>
        )
      )}
    </section>
  )
}

type SpaceLinesProps = { models: Models; space: StorageSpace; isEmpty: boolean }

/** Below this share a bar shows nothing. */
const minShownShare = 0.01

function SpaceLines({ models, space, isEmpty }: SpaceLinesProps) {
  const [answer, setAnswer] = useState<string | null>(null)
  const { usedBytes, quotaBytes, isLasting, isPersisted } = space
  const share = usedBytes !== null && quotaBytes ? usedBytes / quotaBytes : 0
  async function ask() {
    const kept = await models.requestPersistence().catch(() => false)
    setAnswer(
      kept
        ? null
        : 'The browser has not agreed. Many do once a site is used often, bookmarked or installed.',
    )
  }
  return (
    <div className="mt-1 grid gap-2 text-sm text-ash">
      <p className="tabular-nums">{spaceSentence(space)}</p>
      {isLasting && share >= minShownShare && <Bar share={share} />}
      {isLasting && !isEmpty && (
        <p>When room runs short, models used least go first; shared and imported ones stay.</p>
      )}
      {isLasting && isPersisted && <p>The browser has agreed to keep models for good.</p>}
      {isLasting && !isPersisted && !isEmpty && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <p>The browser may clear models when the disk is full.</p>
          <Button kind="plain" className="text-ink" onClick={ask}>
            Keep for good
          </Button>
        </div>
      )}
      <p aria-live="polite" className="empty:hidden">
        {answer}
      </p>
    </div>
  )
}
