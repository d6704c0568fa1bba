import type { WeftErrorData } from '@weft/protocol'
import { useEffect, useRef, useState } from 'react'
import { toData } from '../site/open-site.ts'

/** Work that a person starts and may end; leaving the page ends it. */
export function useCancellable(work: (signal: AbortSignal) => Promise<void>) {
  const controller = useRef<AbortController>(null)
  const [isRunning, setIsRunning] = useState(false)
  const [failure, setFailure] = useState<WeftErrorData | null>(null)
  useEffect(() => () => controller.current?.abort(), [])

  async function start(): Promise<void> {
    const current = new AbortController()
    controller.current = current
    setIsRunning(true)
    setFailure(null)
    try {
      await work(current.signal)
    } catch (error) {
      if (!current.signal.aborted) setFailure(toData(error))
    }
    setIsRunning(false)
  }

  return { isRunning, failure, start, cancel: () => controller.current?.abort() }
}
