/**
 * Structured answers: which tokens may come next so that the text becomes what was asked for.
 *
 * The grammar texts and XGrammar's masks are part of the sampling algorithm: a version that allows
 * other tokens needs a new `samplerAlgorithm`.
 * @module
 */
import type {
  CompiledGrammar,
  GrammarCompiler,
  GrammarMatcher as NativeMatcher,
  TokenizerInfo,
} from '@mlc-ai/web-xgrammar'
import type { Grammar } from '@weft/protocol'
import { createMatcher, type GrammarMatcher } from './matcher.ts'
import { openXgrammar } from './open-xgrammar.ts'
import { badGrammar } from './read-schema.ts'
import { jsonGrammar, schemaToGrammar } from './schema-to-grammar.ts'
import { readVocabulary } from './vocabulary.ts'

export type { GrammarMatcher } from './matcher.ts'

export type Grammars = {
  /**
   * A matcher at the start of an answer; null for text, which may be anything. The first for a grammar
   * compiles it, which keeps the thread busy.
   * @throws WeftError `engine/bad-grammar` when the schema is no JSON or asks for what cannot be kept
   *   to, `engine/unsupported` for a tokenizer whose tokens are no bytes
   */
  open(grammar: Grammar): Promise<GrammarMatcher | null>
  /** Frees everything; matchers first. */
  dispose(): Promise<void>
}

export type GrammarsInit = {
  /** Content of tokenizer.json. */
  tokenizerJson: object
  /** Allowed only where the grammar may end. */
  endTokens: ReadonlySet<number>
}

type Compiler = { native: GrammarCompiler; info: TokenizerInfo; vocabularySize: number }

/** Compiled grammars kept. */
const maxCompiled = 16

export function createGrammars({ tokenizerJson, endTokens }: GrammarsInit): Grammars {
  let compiler: Promise<Compiler> | undefined
  /** By grammar text, the latest used last. */
  const compiled = new Map<string, Promise<CompiledGrammar>>()
  let opening = 0

  async function openCompiler(): Promise<Compiler> {
    const { encoding, tokens } = readVocabulary(tokenizerJson)
    const xgrammar = await openXgrammar()
    const { createTokenizerInfo } = xgrammar.TokenizerInfo
    const info = await createTokenizerInfo(tokens, encoding, false, tokens.length, [...endTokens])
    // Its own cache would keep what an abort left half done.
    const native = await xgrammar.GrammarCompiler.createGrammarCompiler(info, false)
    return { native, info, vocabularySize: tokens.length }
  }

  function forgetCompiler(error: unknown): never {
    compiler = undefined
    throw error
  }

  function compile({ native }: Compiler, text: string): Promise<CompiledGrammar> {
    const grammar = compiled.get(text) ?? native.compileGrammar(text)
    compiled.delete(text)
    compiled.set(text, grammar)
    grammar.catch(() => compiled.delete(text))
    return grammar
  }

  async function openNative(opened: Compiler, text: string): Promise<NativeMatcher> {
    const { GrammarMatcher: Matcher } = await openXgrammar()
    try {
      return await Matcher.createGrammarMatcher(await compile(opened, text))
    } catch (cause) {
      throw badGrammar('It is too complicated to compile.', cause)
    }
  }

  function forgetOldest(): void {
    // A grammar that is being opened must stay until its matcher holds it.
    if (opening > 0) return
    for (const [text, grammar] of compiled) {
      if (compiled.size <= maxCompiled) break
      compiled.delete(text)
      free(grammar)
    }
  }

  return {
    async open(grammar) {
      if (grammar.type === 'text') return null
      const text = grammar.type === 'json' ? jsonGrammar : schemaToGrammar(grammar.schema)
      opening += 1
      try {
        compiler ??= openCompiler().catch(forgetCompiler)
        const opened = await compiler
        return createMatcher(await openNative(opened, text), {
          vocabularySize: opened.vocabularySize,
          endTokens,
        })
      } finally {
        opening -= 1
        forgetOldest()
      }
    },
    async dispose() {
      for (const grammar of compiled.values()) free(grammar)
      compiled.clear()
      const opened = await compiler?.catch(() => undefined)
      compiler = undefined
      opened?.native.dispose()
      opened?.info.dispose()
    },
  }
}

function free(grammar: Promise<CompiledGrammar>): void {
  grammar.then(
    (ready) => ready.dispose(),
    // One that failed holds nothing.
    () => undefined,
  )
}
