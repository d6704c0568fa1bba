/**
 * Weft inside another page: identity, engine, network and what is paid are here, in Weft's own origin, where the
 * page around it cannot reach.
 * @module
 */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { toData } from '../site/open-site.ts'
import { ErrorNote } from '../ui/error-note.tsx'
import { FrameContext } from './frame-context.tsx'
import { createFrame } from './frame-model.ts'
import { FramePage } from './frame-page.tsx'
import { meetPage } from './page-line.ts'
import { applyLook } from './page-look.ts'
import { watchSight } from './sight.ts'
import '../theme.css'
import '../answer.css'
import '../row/row.css'
import './frame.css'

const element = document.getElementById('root')
if (element) {
  const root = createRoot(element)
  meetPage().then(
    (line) => {
      const watch = watchSight(element)
      const look = () => applyLook(line.config.get())
      look()
      line.config.subscribe(look)
      root.render(
        <StrictMode>
          <FrameContext value={createFrame(line, watch)}>
            <FramePage />
          </FrameContext>
        </StrictMode>,
      )
    },
    (error) =>
      root.render(
        <main className="p-4">
          <ErrorNote error={toData(error)} />
        </main>,
      ),
  )
}
