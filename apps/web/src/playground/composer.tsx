import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { useTab } from '../site/tab-context.tsx'
import { Button } from '../ui/button.tsx'
import { Switch } from '../ui/switch.tsx'
import { ModelFacts, ModelPicker } from './model-picker.tsx'
import { usePromptKeys } from './use-prompt-keys.ts'

type ComposerProps = {
  text: string
  onText: (text: string) => void
  busy: boolean
  onSend: (prompt: string) => void
  onStop: () => void
  localOnly: boolean
  onLocalOnly: (localOnly: boolean) => void
  modelCid: string | null
  onModel: (modelCid: string) => void
}

/** Where a prompt is written. Enter sends, Shift+Enter is a new line, Escape stops. */
export function Composer(props: ComposerProps) {
  const { text, onText, busy, onSend, onStop, localOnly, onLocalOnly, modelCid, onModel } = props
  const tab = useTab()
  const prompt = useRef<HTMLTextAreaElement>(null)
  const [hint, setHint] = useState(false)
  usePromptKeys(prompt, busy ? onStop : undefined)

  function submit(event?: FormEvent): void {
    event?.preventDefault()
    if (busy) return
    const empty = text.trim() === ''
    setHint(empty)
    if (empty) return
    onSend(text.trim())
    onText('')
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }

  return (
    <form onSubmit={submit} className="border-t border-thread px-4 pt-3 pb-3 sm:px-6">
      <div className="mx-auto max-w-[42rem]">
        <div className="rounded-md border border-edge bg-paper focus-within:border-indigo focus-within:ring-1 focus-within:ring-indigo">
          <textarea
            ref={prompt}
            aria-label="Prompt"
            aria-describedby="prompt-note"
            aria-invalid={hint}
            placeholder="Ask something"
            rows={1}
            value={text}
            onChange={(event) => {
              onText(event.target.value)
              setHint(false)
            }}
            onKeyDown={onKeyDown}
            className="field-sizing-content block max-h-48 min-h-11 w-full resize-none bg-transparent px-3 pt-2.5 placeholder:text-ash focus-visible:outline-none"
          />
          <div className="flex items-center justify-between gap-x-4 px-2 pb-2">
            <div className="flex min-w-0 items-center gap-x-3">
              <ModelPicker models={tab?.models ?? null} modelCid={modelCid} onModel={onModel} />
              <Switch label="Local only" checked={localOnly} onChange={onLocalOnly} />
            </div>
            {busy ? (
              <Button kind="plain" onClick={onStop} className="w-20">
                Stop
              </Button>
            ) : (
              <Button kind="main" type="submit" className="w-20">
                Send
              </Button>
            )}
          </div>
        </div>
        <div className="mt-2 grid gap-0.5">
          <PromptNote hint={hint} localOnly={localOnly} />
          <ModelFacts models={tab?.models ?? null} modelCid={modelCid} />
        </div>
      </div>
    </form>
  )
}

function PromptNote({ hint, localOnly }: { hint: boolean; localOnly: boolean }) {
  const privacy = localOnly
    ? 'Your prompt stays on this device.'
    : 'The tab that answers sees your prompt, and the two see each other’s IP address. Local only keeps it here.'
  return (
    <p id="prompt-note" aria-live="polite" className={`text-xs ${hint ? 'text-ink' : 'text-ash'}`}>
      {hint ? 'Write something to send.' : privacy}
    </p>
  )
}
