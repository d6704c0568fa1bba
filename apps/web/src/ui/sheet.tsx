import { Close, Content, Overlay, Portal, Root, Title } from 'radix-ui/dialog'
import { type ReactNode, useRef } from 'react'

type SheetProps = {
  title: string
  side: 'left' | 'right'
  onClose: () => void
  children: ReactNode
}

const sides = { left: 'left-0 border-r sm:w-80', right: 'right-0 border-l sm:w-[30rem]' }

/** A panel over the page's edge: the focus stays inside, and returns to where it came from. */
export function Sheet({ title, side, onClose, children }: SheetProps) {
  const opener = useRef(document.activeElement)
  return (
    <Root open onOpenChange={(open) => open || onClose()}>
      <Portal>
        <Overlay className="fixed inset-0 bg-[#12110f]/30" />
        <Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (opener.current instanceof HTMLElement) opener.current.focus()
          }}
          className={`on-paper fixed inset-y-0 w-full overflow-y-auto border-thread bg-paper p-5 sm:p-6 ${sides[side]}`}
        >
          <div className="mb-4 flex items-center justify-between">
            <Title className="text-xl font-semibold">{title}</Title>
            <Close
              aria-label="Close"
              className="grid size-9 place-items-center rounded-md text-ash hover:text-ink"
            >
              <svg viewBox="0 0 16 16" className="size-4" aria-hidden="true">
                <path d="M2 2l12 12M14 2L2 14" stroke="currentColor" strokeWidth="1.5" />
              </svg>
            </Close>
          </div>
          {children}
        </Content>
      </Portal>
    </Root>
  )
}
