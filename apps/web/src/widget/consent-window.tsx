/**
 * The window in which a frame's visitor decides, where the frame itself cannot be sure to be seen.
 * @module
 */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Logo } from '../ui/logo.tsx'
import { type ApartQuestion, type ApartReply, apartQuestionSchema } from './ask-apart.ts'
import { Consent } from './consent.tsx'
import { watchSight } from './sight.ts'
import { frameWords } from './words.ts'
import '../theme.css'
import './frame.css'

const opener: Window | null = window.opener

function reply(message: ApartReply): void {
  opener?.postMessage(message, location.origin)
}

function show(question: ApartQuestion): void {
  const root = document.getElementById('root')
  if (!root) return
  const { host, model, compute, isPaid, lang } = question
  const { words, language } = frameWords(lang)
  document.documentElement.lang = language
  document.title = `${words.windowTitle} · Weft`
  createRoot(root).render(
    <StrictMode>
      <main className="mx-auto max-w-md pt-3">
        <div className="flex items-center gap-2 px-4 font-semibold">
          <Logo /> Weft
        </div>
        <Consent
          words={words}
          watch={watchSight(root)}
          host={host}
          model={model}
          suggested={compute}
          isPaid={isPaid}
          question={null}
          onAllow={(allowed) => reply({ type: 'weft-reply', allowed })}
          onDecline={() => reply({ type: 'weft-reply', allowed: null })}
          onApart={null}
        />
      </main>
    </StrictMode>,
  )
}

addEventListener('message', ({ source, origin, data }) => {
  if (source !== opener || origin !== location.origin) return
  const { data: question } = apartQuestionSchema.safeParse(data)
  if (question) show(question)
})
reply({ type: 'weft-window' })
