import type { EngineState, VerifierState } from '@weft/sdk'
import { untilWords } from '../contribute/pause-words.ts'
import { engineSentence } from '../playground/run-words.ts'
import { Switch } from '../ui/switch.tsx'

type VerifyPanelProps = {
  state: VerifierState
  engine: EngineState
  on: boolean
  onVerify: (on: boolean) => void
  verifiesAgain: boolean
  onVerifiesAgain: (verifiesAgain: boolean) => void
}

/** The switch, what this tab is doing, and what came of its checks. */
export function VerifyPanel(props: VerifyPanelProps) {
  const { state, engine, on, onVerify, verifiesAgain, onVerifiesAgain } = props
  const { passed, suspicious, failed, pause, phase, sentence } = state
  const preparing = phase === 'preparing' ? engineSentence(engine) : null
  return (
    <section
      aria-label="Verifying"
      className="on-paper grid gap-5 rounded-md border border-thread bg-paper p-4 sm:p-6"
    >
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
        <Switch
          label="Verify"
          size="large"
          checked={on}
          onChange={onVerify}
          describedBy="verify-note"
        />
        <div
          role="status"
          aria-label="Verifier status"
          className="grid min-h-12 min-w-0 flex-1 basis-64 content-center"
        >
          <p className={phase === 'failed' ? 'font-medium' : ''}>{sentence}</p>
          {preparing && <p className="text-sm text-ash">{preparing}</p>}
          {pause && <p className="text-sm text-ash">{untilWords(pause, Date.now())}</p>}
        </div>
      </div>
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Figure name="Checked this session" value={passed + suspicious + failed} />
        <Figure name="As honest devices choose" value={passed} />
        <Figure name="Rare, one check cannot tell" value={suspicious} />
        <Figure name="Not this model’s" value={failed} isBad={failed > 0} />
      </dl>
      <div id="verify-note" className="grid gap-1 border-t border-thread pt-4 text-sm text-ash">
        <p>
          Each check reads an answer once, a tenth of the work of making it or, on a CPU, up to a
          quarter. Keep this tab open: closed it checks nothing.
        </p>
        <p>
          The conversations that you check pass through this tab, and stay here only while a case
          about them runs.
        </p>
        {phase === 'idle' && failed + suspicious + passed === 0 && (
          <p>Other tabs ask on their own when an answer of theirs is to be checked.</p>
        )}
        <Switch
          label="Switch on again by itself after a reload or restart"
          checked={verifiesAgain}
          onChange={onVerifiesAgain}
        />
      </div>
    </section>
  )
}

function Figure({ name, value, isBad = false }: { name: string; value: number; isBad?: boolean }) {
  return (
    <div className="flex flex-col-reverse justify-end">
      <dt className="text-xs text-ash sm:text-sm">{name}</dt>
      <dd
        className={`text-xl font-semibold tabular-nums sm:text-3xl ${isBad ? 'text-madder' : ''}`}
      >
        {value.toLocaleString('en')}
      </dd>
    </div>
  )
}
