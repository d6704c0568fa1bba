import { type RefObject, useEffect, useRef } from 'react'

/** Nearer than this to the end counts as being there. */
const slackPx = 48

/**
 * Follows growing content while the reader is at its end, and leaves a reader who scrolled up alone.
 * @param key - what is shown; another one begins at its end. Null is read from its beginning
 */
export function useStickToBottom(
  box: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  key: string | null,
): void {
  const atEnd = useRef(true)
  useEffect(() => {
    const [scroller, inner] = [box.current, content.current]
    if (!scroller || !inner) return
    if (key === null) {
      scroller.scrollTop = 0
      return
    }
    const toEnd = () => {
      scroller.scrollTop = scroller.scrollHeight
    }
    let lastTop = 0
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = scroller
      const near = scrollHeight - scrollTop - clientHeight < slackPx
      // Content that grew since the last jump is not a reader who left: only going up is.
      if (near || scrollTop < lastTop) atEnd.current = near
      lastTop = scrollTop
    }
    const observer = new ResizeObserver(() => {
      if (atEnd.current) toEnd()
    })
    atEnd.current = true
    toEnd()
    scroller.addEventListener('scroll', onScroll, { passive: true })
    observer.observe(inner)
    observer.observe(scroller)
    return () => {
      scroller.removeEventListener('scroll', onScroll)
      observer.disconnect()
    }
  }, [box, content, key])
}
