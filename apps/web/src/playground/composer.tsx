import type { Models } from '@weft/sdk'
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { flushSync } from 'react-dom'
import { type AnswerSettings, countChanged } from '../chat/answer-settings.ts'
import { chatModels } from '../models/model-names.ts'
import { useIntent, useOpened } from '../site/tab-context.tsx'
import { useFirstModel } from '../site/use-look.ts'
import { Button } from '../ui/button.tsx'
import { Switch } from '../ui/switch.tsx'
import { ModelFacts, ModelPicker } from './model-picker.tsx'
import { SettingsPanel } from './settings-panel.tsx'
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
  settings: AnswerSettings
  onSettings: (settings: AnswerSettings) => void
  /** What an answer may cost; nothing while this page spends nothing. */
  price: ReactNode
}

/** Send takes the place of Stop: nobody decides to send within this. */
const stopGraceMs = 400

/** Where a prompt is written. Enter sends, Shift+Enter is a new line, Escape stops. */
export function Composer(props: ComposerProps) {
  const { text, onText, busy, onSend, onStop, localOnly, onLocalOnly, modelCid, onModel } = props
  const { settings, onSettings, price } = props
  const opened = useOpened()
  const intent = useIntent()
  const first = useFirstModel()
  const models = opened?.tab.models ?? null
  const prompt = useRef<HTMLTextAreaElement>(null)
  const [hint, setHint] = useState<string | null>(null)
  const [isHeld, setHeld] = useState(false)
  const [settingsOpen, setSettingsOpen] = useState(false)
  const settingsId = useId()
  /** On a phone the small print would take a third of the screen. */
  const [isUnfolded, setUnfolded] = useState(false)
  const problems = opened?.parseSettings(settings).problems ?? null
  usePromptKeys(prompt, busy ? onStop : undefined)

  const endedMs = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    if (!busy) return
    return () => {
      endedMs.current = performance.now()
    }
  }, [busy])

  function submit(event?: FormEvent): void {
    event?.preventDefault()
    if (busy) return
    if (text.trim() === '') {
      // Where the answer ended under the pointer, the click was meant for Stop.
      const isLateStop = performance.now() - endedMs.current < stopGraceMs
      if (!isLateStop) setHint('Write something to send.')
      return
    }
    if (!opened && countChanged(settings) > 0) {
      intent.onFocus()
      setHeld(true)
      setHint('Goes off once your settings have been looked at.')
      return
    }
    if (problems) {
      setHint('Correct the marked settings first. Your prompt stays here.')
      showProblems()
      return
    }
    onSend(text.trim())
    onText('')
  }

  useEffect(() => {
    if (!opened || !isHeld) return
    setHeld(false)
    setHint(null)
    submit()
  })

  /** Opens the settings at the first that is wrong. */
  function showProblems(): void {
    flushSync(() => setSettingsOpen(true))
    const panel = document.getElementById(settingsId)
    panel?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  /** What is wrong in them, the tab tells. */
  function openSettings(isOpen: boolean): void {
    intent.onFocus()
    setSettingsOpen(isOpen)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }

  return (
    <form onSubmit={submit} className="border-t border-thread px-4 pt-3 pb-3 sm:px-6">
      <div className="mx-auto max-w-[42rem]">
        <div
          {...intent}
          className="rounded-md border border-edge bg-paper focus-within:border-indigo focus-within:ring-1 focus-within:ring-indigo"
        >
          <textarea
            ref={prompt}
            aria-label="Prompt"
            aria-describedby="prompt-note"
            aria-invalid={hint !== null}
            placeholder="Ask something"
            rows={1}
            value={text}
            onChange={(event) => {
              onText(event.target.value)
              setHint(null)
              setHeld(false)
            }}
            onKeyDown={onKeyDown}
            className="field-sizing-content block max-h-48 min-h-11 w-full resize-none bg-transparent px-3 pt-2.5 placeholder:text-ash focus-visible:outline-none"
          />
          <div className="flex items-center justify-between gap-x-4 px-2 pb-2">
            <div className="flex min-w-0 items-center gap-x-3">
              <ModelPicker models={models} first={first} modelCid={modelCid} onModel={onModel} />
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
          <PromptNote hint={hint} grade={localOnly ? null : settings.grade} isWhole={isUnfolded} />
          {!localOnly && price}
          <div className={isUnfolded ? '' : 'max-sm:hidden'}>
            <ModelFacts models={models} first={first} modelCid={modelCid} />
          </div>
          <div className="flex gap-x-4">
            <SettingsButton
              open={settingsOpen}
              controls={settingsId}
              changed={countChanged(settings)}
              onOpen={openSettings}
            />
            <button
              type="button"
              aria-expanded={isUnfolded}
              onClick={() => setUnfolded(!isUnfolded)}
              className="min-h-6 text-xs text-ash hover:text-ink sm:hidden"
            >
              {isUnfolded ? 'Less' : 'About the model, and who sees what'}
            </button>
          </div>
        </div>
        {settingsOpen && (
          <SettingsPanel
            id={settingsId}
            settings={settings}
            problems={problems ?? {}}
            canBeJudged={canBeJudged(models, modelCid)}
            isLocal={localOnly}
            onSettings={(next) => {
              onSettings(next)
              setHint(null)
            }}
          />
        )}
      </div>
    </form>
  )
}

type SettingsButtonProps = {
  open: boolean
  controls: string
  changed: number
  onOpen: (open: boolean) => void
}

function SettingsButton({ open, controls, changed, onOpen }: SettingsButtonProps) {
  return (
    <button
      type="button"
      aria-expanded={open}
      aria-controls={open ? controls : undefined}
      onClick={() => onOpen(!open)}
      className="inline-flex min-h-6 items-center gap-1.5 justify-self-start text-xs text-ash hover:text-ink"
    >
      <svg
        viewBox="0 0 8 8"
        aria-hidden="true"
        className={`size-2 fill-none stroke-current motion-safe:transition-transform ${open ? 'rotate-90' : ''}`}
      >
        <path d="M2 1l3.5 3L2 7" strokeWidth="1.5" />
      </svg>
      {changed > 0 ? `Settings: ${changed} changed` : 'Settings'}
    </button>
  )
}

type PromptNoteProps = {
  hint: string | null
  /** Null on this device only. */
  grade: string | null
  /** On a phone too. */
  isWhole: boolean
}

function PromptNote({ hint, grade, isWhole }: PromptNoteProps) {
  const [first, rest] =
    grade === null
      ? ['Your prompt stays on this device.', 'Nobody signs or checks its answers.']
      : [
          `${readersOf(grade)}.`,
          'They and you see each other’s IP address. Local only keeps it here.',
        ]
  return (
    <p id="prompt-note" aria-live="polite" className={`text-xs ${hint ? 'text-ink' : 'text-ash'}`}>
      {hint ?? (
        <>
          {first} <span className={isWhole ? '' : 'max-sm:hidden'}>{rest}</span>
        </>
      )}
    </p>
  )
}

/** True before the tab is open, so that nothing alarms. */
function canBeJudged(models: Models | null, modelCid: string | null): boolean {
  const list = chatModels(models?.list.get() ?? [])
  const manifest = (list.find((entry) => entry.modelCid === modelCid) ?? list[0])?.manifest
  return !manifest || (manifest.task === 'chat' && manifest.thresholds !== undefined)
}

function readersOf(grade: string): string {
  if (grade === 'signed') return 'The tab that answers sees your prompt'
  return grade === 'quorum'
    ? 'The tabs that answer see your prompt'
    : 'The tab that answers sees your prompt, and so does one that checks it'
}
