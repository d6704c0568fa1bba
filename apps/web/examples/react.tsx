import type { WeftChatElement } from '@weft/widget'
import { useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'

function App() {
  const chat = useRef<WeftChatElement>(null)
  const [answer, setAnswer] = useState('')

  async function tellStory(): Promise<void> {
    const asked = await chat.current?.ask('Tell me a story about a fox and a lantern.')
    setAnswer(asked?.text ?? '')
  }

  return (
    <main>
      <script async src="/widget.js" />
      <h1>A page in React</h1>
      <button type="button" onClick={() => void tellStory().catch(() => {})}>
        Tell a story
      </button>
      <output>{answer}</output>
      <weft-chat ref={chat} model="Bobbin" lang="en" />
    </main>
  )
}

const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'weft-chat': React.DetailedHTMLProps<
        React.HTMLAttributes<WeftChatElement>,
        WeftChatElement
      > & {
        model?: string
      }
    }
  }
}
