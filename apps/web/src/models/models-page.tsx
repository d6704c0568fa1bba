import { Link } from '@tanstack/react-router'
import { useCell } from '@weft/react'
import type { Tab } from '@weft/sdk'
import { useTab } from '../site/tab-context.tsx'
import { useFit } from '../site/use-device.ts'
import { useLiveNodes } from '../site/use-live-nodes.ts'
import { OpeningLine, Page } from '../ui/page.tsx'
import { ImportBox } from './import-box.tsx'
import { KeptModels } from './kept-models.tsx'
import { ModelItem } from './model-item.tsx'
import { namesOf, shelve } from './shelf.ts'
import { StorePanel } from './store-panel.tsx'
import { WantedItem } from './wanted-item.tsx'

export function ModelsPage() {
  const tab = useTab()
  return (
    <Page
      title="Models"
      sentence="What can answer here, what it asks of this device, and what this browser keeps of it."
    >
      {tab ? <Shelves tab={tab} /> : <OpeningLine />}
    </Page>
  )
}

function Shelves({ tab: { models, storing } }: { tab: Tab }) {
  const list = useCell(models.list)
  const fit = useFit()
  useLiveNodes(models)
  const shelf = shelve(models.curated, list)
  const { ready, published, wanted } = shelf
  const named = namesOf(shelf)
  return (
    <>
      <section aria-labelledby="ready-title">
        <h2 id="ready-title" className="text-lg font-semibold">
          Ready to use
        </h2>
        {ready.length === 0 && (
          <p className="mt-1 text-sm text-ash">
            This site offers none yet. Import one from your files below.
          </p>
        )}
        {models.problems.map(({ id, name, dtype, error }) => (
          <p key={`${id} ${dtype}`} className="mt-1 text-sm text-ash">
            {name} ({dtype}) cannot be offered now. {error.message} Reload to try again.
          </p>
        ))}
        <ul className="mt-3 grid gap-4">
          {ready.map((model) => (
            <ModelItem key={model.id} models={models} model={model} named={named} fit={fit} />
          ))}
        </ul>
      </section>
      {published.length > 0 && (
        <section aria-labelledby="published-title">
          <h2 id="published-title" className="text-lg font-semibold">
            From other tabs
          </h2>
          <p className="mt-1 max-w-[66ch] text-sm text-ash">
            Tabs give these and this site does not know them. Each file is held against the hashes
            of its publisher, but nobody has checked the model: names, words and answers are theirs.
          </p>
          <ul className="mt-3 grid gap-4">
            {published.map((model) => (
              <ModelItem key={model.id} models={models} model={model} named={named} fit={fit} />
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="proved-title">
        <h2 id="proved-title" className="text-lg font-semibold">
          Proved models
        </h2>
        <p className="mt-1 max-w-[66ch] text-sm text-ash">
          Small ones whose weights nobody sees, and whose answers come with a proof that contracts
          check.{' '}
          <Link to="/models/proved" className="text-indigo underline">
            See one at work
          </Link>
        </p>
      </section>
      <KeptModels models={models} storing={storing} />
      <StorePanel storing={storing} />
      <ImportBox models={models} />
      {wanted.length > 0 && (
        <section aria-labelledby="wanted-title">
          <h2 id="wanted-title" className="text-lg font-semibold">
            Not on this site yet
          </h2>
          <p className="mt-1 max-w-[66ch] text-sm text-ash">
            These cannot be loaded: the hashes of their files are missing here, and Weft runs
            nothing that it cannot check. Whoever runs this site can add them. Sizes are estimates.
            On the CPU weights become 32-bit floats where those fit a tab, which is quicker and
            takes more memory: so a small model may need more than a large one.
          </p>
          <ul className="mt-3">
            {wanted.map((model) => (
              <WantedItem key={model.id} model={model} fit={fit} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
