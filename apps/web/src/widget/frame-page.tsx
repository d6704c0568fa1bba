import { useCell } from '@weft/react'
import { type ReactNode, useEffect, useState } from 'react'
import { toData } from '../site/open-site.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { Logo } from '../ui/logo.tsx'
import { askApart } from './ask-apart.ts'
import { Consent } from './consent.tsx'
import { FrameComposer } from './frame-composer.tsx'
import { hostOf, useFrame, useWords } from './frame-context.tsx'
import type { OfferedModel } from './frame-model.ts'
import { FrameSettings } from './frame-settings.tsx'
import { FrameTurns } from './frame-turns.tsx'
import { PaidQuestion } from './paid-question.tsx'

/** All that the frame shows. */
export function FramePage() {
  const frame = useFrame()
  const words = useWords()
  const { label } = useCell(frame.line.config)
  const permission = useCell(frame.permission)
  const [asksSettings, setAsksSettings] = useState(false)
  const host = hostOf(frame.line.origin)
  const close = () => frame.line.send({ type: 'close' })

  useEffect(() => {
    const onKeyDown = ({ key, defaultPrevented }: KeyboardEvent) => {
      if (key === 'Escape' && !defaultPrevented) frame.line.send({ type: 'close' })
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [frame])

  return (
    <div className="grid h-dvh grid-rows-[auto_minmax(0,1fr)_auto]">
      <header className="flex items-center gap-2 border-b border-thread py-1.5 pr-2 pl-4">
        <Logo />
        <div className="min-w-0 grow leading-tight">
          <h1 className="truncate text-sm font-semibold">{label ?? host}</h1>
          <p className="truncate text-xs text-ash">{words.by}</p>
        </div>
        {permission && (
          <>
            <IconButton name={words.newChat} onClick={() => frame.session.startNew()}>
              <path d="M10 4v12M4 10h12" />
            </IconButton>
            <IconButton
              name={words.settings}
              isPressed={asksSettings}
              onClick={() => setAsksSettings(!asksSettings)}
            >
              <path d="M3 6h8m4 0h2M3 14h2m4 0h8" />
              <circle cx="13" cy="6" r="2" />
              <circle cx="7" cy="14" r="2" />
            </IconButton>
          </>
        )}
        <IconButton name={words.close} onClick={close}>
          <path d="m5 5 10 10M15 5 5 15" />
        </IconButton>
      </header>
      {!permission && <Asking onDecline={close} />}
      {permission && (asksSettings ? <FrameSettings /> : <FrameTurns />)}
      {permission && !asksSettings && <FrameFoot />}
    </div>
  )
}

function FrameFoot() {
  const isAsked = useCell(useFrame().asks.pending) !== null
  return isAsked ? <PaidQuestion /> : <FrameComposer />
}

function Asking({ onDecline }: { onDecline: () => void }) {
  const frame = useFrame()
  const words = useWords()
  const config = useCell(frame.line.config)
  const question = useCell(frame.asks.pending)
  const [model, setModel] = useState<OfferedModel | null>(null)
  const [error, setError] = useState<ReturnType<typeof toData> | null>(null)
  const host = hostOf(frame.line.origin)

  useEffect(() => {
    frame.model().then(setModel, (thrown) => setError(toData(thrown)))
  }, [frame])

  return (
    <main className="overflow-y-auto">
      {error && (
        <div className="p-4">
          <ErrorNote error={error} words={words.failure} />
        </div>
      )}
      {model && (
        <Consent
          words={words}
          watch={frame.watch}
          host={host}
          model={model}
          suggested={config.compute}
          isPaid={config.sponsor !== null}
          isKept={frame.isKept}
          question={question?.text ?? null}
          onAllow={(compute) => frame.allow({ compute, modelCid: model.modelCid })}
          onDecline={() => {
            frame.asks.decline()
            onDecline()
          }}
          onApart={(compute) =>
            askApart(
              {
                about: 'consent',
                host,
                lang: config.lang,
                model,
                compute,
                isPaid: config.sponsor !== null,
                isKept: frame.isKept,
              },
              (allowed) => {
                if (allowed === 'network' || allowed === 'device') {
                  frame.allow({ compute: allowed, modelCid: model.modelCid })
                }
              },
            )
          }
        />
      )}
    </main>
  )
}

type IconButtonProps = {
  name: string
  isPressed?: boolean
  onClick: () => void
  children: ReactNode
}

function IconButton({ name, isPressed, onClick, children }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={name}
      title={name}
      aria-pressed={isPressed}
      onClick={onClick}
      className="grid size-9 shrink-0 place-items-center rounded-md text-ash hover:bg-thread/50 hover:text-ink aria-pressed:bg-thread/50 aria-pressed:text-ink"
    >
      <svg
        viewBox="0 0 20 20"
        aria-hidden="true"
        className="size-5 fill-none stroke-current stroke-[1.5]"
      >
        {children}
      </svg>
    </button>
  )
}
