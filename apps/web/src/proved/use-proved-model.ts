/**
 * The example of a proved model, fetched when its screen opens.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'
import type { Asked, Proved, ProvedModel, ProverOptions } from '@weft/sdk/proved'
import { useEffect, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { loadPart } from '../ui/load-part.ts'

export type ProvedTools = {
  model: ProvedModel
  /** What a tab finds that has the card alone, and how long it took. @param asked - null: whatever it is of */
  check(
    proved: Proved,
    asked: Asked | null,
    options?: ProverOptions,
  ): Promise<{ isValid: boolean; ms: number }>
}

type Loaded = { tools: ProvedTools | null; error: WeftErrorData | null }

const path = '/proved-models/loan-risk.json'
const timeoutMs = 30_000

export function useProvedModel(): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ tools: null, error: null })
  useEffect(() => {
    const leaving = new AbortController()
    load(leaving.signal).then(
      (tools) => leaving.signal.aborted || setLoaded({ tools, error: null }),
      (error) => leaving.signal.aborted || setLoaded({ tools: null, error: toData(error) }),
    )
    return () => leaving.abort()
  }, [])
  return loaded
}

async function load(leaving: AbortSignal): Promise<ProvedTools> {
  const signal = AbortSignal.any([leaving, AbortSignal.timeout(timeoutMs)])
  const [{ openProvedModel, checkScores }, response] = await Promise.all([
    loadPart(() => import('@weft/sdk/proved')),
    fetch(path, { signal }),
  ])
  const model = openProvedModel(await response.json(), location.origin)
  return {
    model,
    async check(proved, asked, options) {
      const startedMs = performance.now()
      const what = { card: model.card, proved, asked }
      const { isValid } = await checkScores(what, location.origin, options)
      return { isValid, ms: performance.now() - startedMs }
    },
  }
}
