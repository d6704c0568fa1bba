import { useCell } from '@weft/react'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNote } from '../ui/error-note.tsx'
import { useFrame, useWords } from './frame-context.tsx'

/** Where the visitor asks. Enter sends, Shift+Enter is a new line. */
export function FrameComposer() {
  const frame = useFrame()
  const words = useWords()
  const { placeholder } = useCell(frame.line.config)
  const { chats, currentId } = useCell(frame.session.state)
  const [text, setText] = useState('')
  const [error, setError] = useState<ReturnType<typeof toData> | null>(null)
  const isBusy = Boolean(chats[currentId ?? '']?.run)

  function submit(event?: FormEvent): void {
    event?.preventDefault()
    const prompt = text.trim()
    if (isBusy || prompt === '') return
    setText('')
    setError(null)
    frame.send(prompt).catch((thrown) => {
      setText(prompt)
      setError(toData(thrown))
    })
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-2 border-t border-thread p-3">
      {error && <ErrorNote error={error} words={words.failure} />}
      <div className="flex items-end gap-2">
        <textarea
          data-first=""
          aria-label={words.prompt}
          placeholder={placeholder ?? words.placeholder}
          rows={1}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-36 min-h-11 min-w-0 grow resize-none rounded-md border border-edge bg-paper px-3 py-2.5 placeholder:text-ash"
        />
        {isBusy ? (
          <Button kind="plain" className="min-h-11" onClick={() => frame.session.stop()}>
            {words.stop}
          </Button>
        ) : (
          <Button kind="main" type="submit" className="page-accent min-h-11">
            {words.send}
          </Button>
        )}
      </div>
    </form>
  )
}
