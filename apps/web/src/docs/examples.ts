/**
 * The quick starts: files that tests run, shown as they are.
 * @module
 */

import aiSdk from '../../../../packages/sdk/examples/ai-sdk.ts?raw'
import chat from '../../../../packages/sdk/examples/chat.ts?raw'
import json from '../../../../packages/sdk/examples/json.ts?raw'
import node from '../../../../packages/sdk/examples/node.ts?raw'
import tools from '../../../../packages/sdk/examples/tools.ts?raw'
import plain from '../../../../public/examples/plain.html?raw'
import strict from '../../../../public/examples/strict.html?raw'
import curl from '../../../gateway/examples/curl.sh?raw'
import openai from '../../../gateway/examples/openai.ts?raw'
import react from '../../examples/react.tsx?raw'
import type { Example } from './code-tabs.tsx'

/** @param origin - of the site whose script is loaded */
export function scriptExamples(origin: string): Example[] {
  const from = (text: string) => text.replaceAll('"/widget.js"', `"${origin}/widget.js"`)
  return [
    { name: 'HTML', sentence: 'A button in the corner.', text: from(plain) },
    {
      name: 'Strict policy',
      sentence: 'Inside the page, without inline styles, with Trusted Types; in German.',
      text: from(strict),
    },
    { name: 'React', sentence: 'The page asks by itself and shows the answer.', text: from(react) },
  ]
}

export const packageExamples: Example[] = [
  { name: 'Chat', sentence: 'In a page, or in Node 22.15 or newer.', text: chat },
  { name: 'JSON', sentence: 'An answer that fits a schema, and its errors.', text: json },
  {
    name: 'Functions',
    sentence: 'The model calls, your program runs, the model goes on.',
    text: tools,
  },
  { name: 'AI SDK', sentence: 'A provider for `ai`, answered on this device.', text: aiSdk },
  { name: 'Contribute', sentence: 'A process that answers others.', text: node },
]

export const endpointExamples: Example[] = [
  { name: 'OpenAI client', sentence: 'Nothing but the address differs.', text: openai },
  { name: 'curl', sentence: 'The answer, with the receipt in a header.', text: curl },
]
