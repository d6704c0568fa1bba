/**
 * The window in which a frame's visitor decides, where the frame itself cannot be sure to be seen.
 * @module
 */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Logo } from '../ui/logo.tsx'
import {
  type ApartAllowed,
  type ApartQuestion,
  type ApartReply,
  apartQuestionSchema,
} from './ask-apart.ts'
import { Consent } from './consent.tsx'
import { SeenButton } from './seen-button.tsx'
import { type SightWatch, watchWindow } from './sight.ts'
import { type FrameWords, frameWords } from './words.ts'
import '../theme.css'
import './frame.css'

const opener: Window | null = window.opener

function reply(message: ApartReply): void {
  opener?.postMessage(message, location.origin)
}

function show(question: ApartQuestion): void {
  const root = document.getElementById('root')
  if (!root) return
  const { words, language } = frameWords(question.lang)
  document.documentElement.lang = language
  document.title = `${words.windowTitle} · Weft`
  createRoot(root).render(
    <StrictMode>
      <main className="mx-auto max-w-md pt-3">
        <div className="flex items-center gap-2 px-4 font-semibold">
          <Logo /> Weft
        </div>
        <Asked question={question} words={words} watch={watchWindow()} />
      </main>
    </StrictMode>,
  )
}

type AskedProps = { question: ApartQuestion; words: FrameWords; watch: SightWatch }

function Asked({ question, words, watch }: AskedProps) {
  const { host } = question
  const say = (allowed: ApartAllowed) => reply({ type: 'weft-reply', allowed })
  const common = { words, watch, onApart: null, onDecline: () => say(null) }
  if (question.about === 'consent') {
    const { model, compute, isPaid, isKept } = question
    return (
      <Consent
        {...common}
        host={host}
        model={model}
        suggested={compute}
        isPaid={isPaid}
        isKept={isKept}
        question={null}
        onAllow={say}
      />
    )
  }
  const isPaid = question.about === 'paid'
  return (
    <section className="flex flex-col gap-3 p-4">
      <h2 className="font-semibold wrap-anywhere">
        {isPaid ? words.askForMoney(host) : words.contributeOn(host)}
      </h2>
      <p className="max-h-96 overflow-y-auto text-sm wrap-anywhere whitespace-pre-wrap">
        {isPaid ? question.text : words.contributeNote}
      </p>
      <SeenButton
        {...common}
        label={isPaid ? words.askIt : words.allow}
        onSeen={() => say('yes')}
        note=""
      />
    </section>
  )
}

addEventListener('message', ({ source, origin, data }) => {
  if (source !== opener || origin !== location.origin) return
  const { data: question } = apartQuestionSchema.safeParse(data)
  if (question) show(question)
})
reply({ type: 'weft-window' })
