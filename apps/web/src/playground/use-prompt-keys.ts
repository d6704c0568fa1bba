import { type RefObject, useEffect } from 'react'

/** From anywhere on the page `/` and Ctrl+K (or Cmd+K) lead to the prompt, and Escape stops. */
export function usePromptKeys(
  prompt: RefObject<HTMLTextAreaElement | null>,
  onStop: (() => void) | undefined,
): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // A dialog that Escape closes has used it up.
      if (event.key === 'Escape' && !event.defaultPrevented) onStop?.()
      const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'
      const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !isTyping(event.target)
      if (!command && !slash) return
      event.preventDefault()
      prompt.current?.focus()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [prompt, onStop])
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select')
}
