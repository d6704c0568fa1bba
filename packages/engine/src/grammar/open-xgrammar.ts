/**
 * Brings in XGrammar (https://github.com/mlc-ai/xgrammar), which knows the tokens that may follow in a
 * grammar. It weighs 1.1 MB, its WebAssembly inside, so it comes only when a grammar is asked for.
 *
 * Version 0.1.27 is an UMD script in a package that says it holds modules: imported as what it is
 * said to be, it exports nothing and leaves itself in `globalThis.xgrammar`; a bundler that sees
 * through it makes a namespace. Outside of pages and workers it takes its own address from `location`.
 * @module
 */
import type * as Module from '@mlc-ai/web-xgrammar'
import { WeftError } from '@weft/protocol'

export type Xgrammar = Pick<typeof Module, 'TokenizerInfo' | 'GrammarCompiler' | 'GrammarMatcher'>

let opened: Promise<Xgrammar> | undefined

/** @throws WeftError `engine/unsupported` where it cannot be loaded */
export function openXgrammar(): Promise<Xgrammar> {
  opened ??= load().catch((cause: unknown) => {
    opened = undefined
    throw WeftError.from(
      cause,
      'engine/unsupported',
      'The part of Weft that writes structured answers could not be loaded. Try again, or ask for plain text.',
    )
  })
  return opened
}

async function load(): Promise<Xgrammar> {
  const isPlace = 'location' in globalThis
  if (!isPlace) Object.assign(globalThis, { location: { href: import.meta.url } })
  try {
    const namespace: Partial<typeof Module> = await import('@mlc-ai/web-xgrammar')
    const xgrammar = (namespace.TokenizerInfo ? namespace : xgrammarOf(globalThis)) as Xgrammar
    // Starts the WebAssembly, which is what looks at `location`.
    const probe = await xgrammar.TokenizerInfo.createTokenizerInfo(['a'])
    probe.dispose()
    return xgrammar
  } finally {
    if (!isPlace) Reflect.deleteProperty(globalThis, 'location')
  }
}

function xgrammarOf(holder: object): unknown {
  return 'xgrammar' in holder ? holder.xgrammar : undefined
}
