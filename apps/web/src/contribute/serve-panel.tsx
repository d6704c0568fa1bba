import type { EngineState, NodeState, PageRest } from '@weft/sdk'
import { engineSentence } from '../playground/run-words.ts'
import { formatRate } from '../row/summary.ts'
import { readPreference } from '../site/preferences.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Switch } from '../ui/switch.tsx'
import { answersNowName } from './jobs-at-once.ts'
import { untilWords } from './pause-words.ts'
import { restWords } from './rest-words.ts'
import { StitchBand } from './stitch-band.tsx'

type ServePanelProps = {
  state: NodeState
  engine: EngineState
  peerId: string
  /** For others, this session. */
  answersChecked: number
  on: boolean
  onServe: (on: boolean) => void
  rest: PageRest
  servesAgain: boolean
  onServesAgain: (servesAgain: boolean) => void
  checksToo: boolean
  onChecksToo: (checksToo: boolean) => void
  /** @param untilMs - null: goes on now */
  onPause: (untilMs: number | null) => void
}

const hourMs = 60 * 60_000

/** The switch, what this tab is doing, and its stitches as they pass. */
export function ServePanel(props: ServePanelProps) {
  const { state, engine, peerId, on, onServe, rest, servesAgain, onServesAgain, onPause } = props
  const { answersChecked, checksToo, onChecksToo } = props
  const { pause } = state
  const restSentence = on ? restWords(rest) : null
  const preparing = state.phase === 'preparing' ? engineSentence(engine) : null
  return (
    <section
      aria-label="Serving"
      className="on-paper grid gap-5 rounded-md border border-thread bg-paper p-4 sm:p-6"
    >
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <Switch
          label="Serve"
          size="large"
          checked={on}
          onChange={onServe}
          describedBy="serve-note"
        />
        <div
          role="status"
          aria-label="Node status"
          className="grid min-h-12 min-w-0 flex-1 basis-64 content-center"
        >
          <p className={state.phase === 'failed' ? 'font-medium' : ''}>
            {state.sentence}
            {state.phase === 'off' && ' Switch Serve on to answer prompts of other tabs.'}
          </p>
          {preparing && <p className="text-sm text-ash">{preparing}</p>}
          {pause && <p className="text-sm text-ash">{untilWords(pause, Date.now())}</p>}
        </div>
        {on && pause?.reason === 'by-hand' && (
          <Button kind="plain" onClick={() => onPause(null)}>
            Go on now
          </Button>
        )}
        {on && !pause && (
          <Button kind="plain" onClick={() => onPause(Date.now() + hourMs)}>
            Pause for an hour
          </Button>
        )}
      </div>
      <StitchBand jobs={state.jobs} peerId={peerId} flowing={state.phase === 'working'} />
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-5">
        <Figure
          name={answersNowName(state.waiting)}
          value={`${state.jobs.filter((job) => job.state === 'running').length}`}
        />
        <Figure
          name="Tokens a second now"
          value={state.tokensPerSecond > 0 ? formatRate(state.tokensPerSecond) : '0'}
        />
        <Figure name="Tokens this session" value={state.tokensServed.toLocaleString('en')} />
        <Figure name="Answers this session" value={state.jobsServed.toLocaleString('en')} />
        <Figure name="Checked for others" value={answersChecked.toLocaleString('en')} />
      </dl>
      <div className="grid gap-1 border-t border-thread pt-4 text-sm text-ash">
        {restSentence && <p className="text-ink">{restSentence}</p>}
        {state.phase === 'off' && !servesAgain && readPreference('served') && (
          <p className="text-ink">It was on when you left. Switch it on to go on.</p>
        )}
        <p id="serve-note">
          Keep this tab open: in the background is fine, closed it serves nobody.
        </p>
        <p>
          The prompts you answer pass through this tab, and other tabs see this device’s IP address.
        </p>
        <p className="flex flex-wrap items-center gap-x-2 [&>button]:-ml-2">
          This tab is known as
          <span data-testid="own-peer-id" className="font-mono text-xs break-all text-ink">
            {peerId}
          </span>
          <CopyButton label="Copy" text={() => peerId} />
        </p>
        <Switch
          label="Switch on again by itself after a reload or restart"
          checked={servesAgain}
          onChange={onServesAgain}
        />
        <Switch
          label="Check answers of other tabs as well"
          checked={checksToo}
          onChange={onChecksToo}
        />
      </div>
    </section>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex flex-col-reverse justify-end">
      <dt className="text-xs text-ash sm:text-sm">{name}</dt>
      <dd className="text-xl font-semibold tabular-nums sm:text-3xl">{value}</dd>
    </div>
  )
}
