import { useCell } from '@weft/react'
import type { Cell, EngineState } from '@weft/sdk'
import type { Run } from '../chat/chat.ts'
import { useTab } from '../site/tab-context.tsx'
import { runSentence } from './run-words.ts'

const empty: EngineState = { phase: 'empty' }
const noEngine: Cell<EngineState> = { get: () => empty, subscribe: () => () => {} }

/** What the answer waits for, before its first token. */
export function RunLine({ run }: { run: Run }) {
  const tab = useTab()
  const engine = useCell(tab?.models.engine ?? noEngine)
  return <p className="text-sm text-ash">{runSentence(run, engine)}</p>
}
