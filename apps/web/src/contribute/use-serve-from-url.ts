import { useEffect, useRef } from 'react'

/** `?serve=1` starts serving at once: for a tab that was opened to serve. */
export function useServeFromUrl(start: () => void): void {
  const started = useRef(false)
  useEffect(() => {
    if (started.current || new URLSearchParams(location.search).get('serve') !== '1') return
    started.current = true
    start()
  })
}
