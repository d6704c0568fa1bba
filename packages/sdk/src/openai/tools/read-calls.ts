/**
 * Calls of functions in what a model writes, as it comes. The families write much the same JSON between different
 * marks; what is in none of these forms, or names no function that was offered, stays text.
 *
 * | Qwen 2.5 and 3, Hermes, SmolLM2, and whoever is told in plain words | `<tool_call>` object or list `</tool_call>` |
 * | Llama 3 | the answer is an object, with `parameters` for `arguments` |
 * | Mistral, Phi 4 mini | the answer is a list of objects |
 *
 * Marks that are special tokens (`[TOOL_CALLS]`, `<|python_tag|>`) are in no text of Weft; spelled out they are passed over.
 * @module
 */
import { createCallScan } from './scan-call.ts'
import { createScan } from './scan-json.ts'

export type CallPart =
  | { type: 'text'; text: string }
  /** Calls come one after the other; `index` counts them from 0. */
  | { type: 'call'; index: number; name: string }
  /** A piece of the arguments of the call `index`, as JSON. */
  | { type: 'arguments'; index: number; text: string }

export type CallReaderInit = {
  /** Of functions that were offered. */
  names: ReadonlySet<string>
  /** Calls that are told; what a model writes behind them is passed over. */
  most: number
}

export type CallReader = {
  /** @param text - what is new of it */
  push(text: string): CallPart[]
  /** The text is over: what was held back is told. */
  end(): CallPart[]
}

const opening = '<tool_call>'
/** Behind each call of most families. */
export const callEnd = '</tool_call>'
const begin = /^\s*(?:\[TOOL_CALLS\]|<\|python_tag\|>)?\s*/
const marks = ['[TOOL_CALLS]', '<|python_tag|>']

type State =
  /** Nothing but marks has come. */
  | 'start'
  | 'text'
  /** Before an object that may be a call, or behind one in a list. */
  | 'object'
  /** Within it, as long as it may be one. */
  | 'maybe'
  | 'arguments'
  /** Behind the arguments, within the object. */
  | 'rest'
  /** Behind what was between marks. */
  | 'closing'
  | 'over'

export function createCallReader({ names, most }: CallReaderInit): CallReader {
  let state: State = 'start'
  /** What is not told yet. */
  let held = ''
  /** What comes back as text where it is no call after all. */
  let skipped = ''
  /** What has come of an object that may be a call. */
  let object = ''
  let callScan = createCallScan(names)
  let isMarked = false
  let isList = false
  let calls = 0
  let scan = createScan()
  let parts: CallPart[] = []

  const tell = (text: string): void => {
    if (text !== '') parts.push({ type: 'text', text })
  }
  const go = (next: State): true => {
    state = next
    return true
  }
  const take = (length: number): string => {
    const text = held.slice(0, length)
    held = held.slice(length)
    return text
  }
  /** It was no call. */
  const giveUp = (): true => {
    // Its mark is text now, and looked for no more.
    const at = skipped.indexOf(opening)
    held = skipped + object + held
    skipped = ''
    object = ''
    if (at >= 0) tell(take(at + opening.length))
    return go('text')
  }
  const startCall = (name: string): void => {
    skipped = ''
    object = ''
    parts.push({ type: 'call', index: calls, name })
    calls += 1
  }
  const tellArguments = (text: string): void => {
    parts.push({ type: 'arguments', index: calls - 1, text })
  }
  const afterObject = (): true => {
    if (calls >= most) return go('over')
    if (isList) {
      const next = /^\s*([,\]])\s*/.exec(held)
      if (!next) return go('object')
      take(next[0].length)
      if (next[1] === ',') return go('object')
    }
    return go(isMarked ? 'closing' : 'text')
  }
  const openObjects = (): boolean => {
    const list = /^\s*\[\s*/.exec(held)
    isList = list !== null
    if (list) skipped += take(list[0].length)
    return go('object')
  }

  /** @returns whether there may be more to do with what is held */
  const steps: Record<State, (isEnd: boolean) => boolean> = {
    start(isEnd) {
      const rest = held.replace(begin, '')
      if (!isEnd && (rest === '' || marks.some((mark) => mark.startsWith(rest)))) return false
      isMarked = false
      if (!/^(?:\{|\[\s*(?:\{|$))/.test(rest)) return go('text')
      if (!isEnd && /^\[\s*$/.test(rest)) return false
      skipped = take(held.length - rest.length)
      return openObjects()
    },
    text(isEnd) {
      const at = held.indexOf(opening)
      if (at < 0) {
        tell(take(isEnd ? held.length : held.length - heldBack(held)))
        return false
      }
      const before = take(at)
      // Line breaks before a call are its own.
      tell(before.trimEnd())
      skipped = before.slice(before.trimEnd().length) + take(opening.length)
      const space = /^\s*/.exec(held)?.[0].length ?? 0
      if (!isEnd && space === held.length) {
        held = skipped + held
        skipped = ''
        return false
      }
      isMarked = true
      return openObjects()
    },
    object(isEnd) {
      const space = /^\s*,?\s*/.exec(held)?.[0].length ?? 0
      if (isList && calls > 0 && /^\s*\]/.test(held)) return afterObject()
      skipped += take(space)
      if (held === '') return isEnd ? giveUp() : false
      if (!held.startsWith('{')) return giveUp()
      callScan = createCallScan(names)
      return go('maybe')
    },
    maybe(isEnd) {
      const found = callScan.push(held)
      if (found?.type === 'strange') return giveUp()
      if (found?.type === 'arguments') {
        take(found.at)
        startCall(found.name)
        scan = createScan()
        return go('arguments')
      }
      object += take(found?.at ?? held.length)
      if (!found) return isEnd ? giveUp() : false
      const call = readCall(object, names)
      if (!call) return giveUp()
      startCall(call.name)
      tellArguments(call.arguments)
      return afterObject()
    },
    arguments() {
      const end = scan.push(held)
      const text = take(end ?? held.length)
      if (text !== '') tellArguments(text)
      if (end === null) return false
      // One level is open: the object around them.
      scan = createScan(1)
      return go('rest')
    },
    rest() {
      const end = scan.push(held)
      take(end ?? held.length)
      return end === null ? false : afterObject()
    },
    closing(isEnd) {
      const at = held.indexOf(callEnd)
      const next = held.indexOf(opening)
      if (at >= 0 && (next < 0 || at < next)) {
        take(at + callEnd.length)
        return go('text')
      }
      // Of braces some models write one too many.
      if (isEnd && /^[\s}\]]*$/.test(held)) held = ''
      return next >= 0 || isEnd ? go('text') : false
    },
    over() {
      held = ''
      return false
    },
  }

  function run(isEnd: boolean): CallPart[] {
    parts = []
    while (held !== '' || (isEnd && skipped + object !== '')) if (!steps[state](isEnd)) break
    return merged(parts)
  }

  // Nothing was offered: it is text as it comes.
  if (names.size === 0) {
    return { push: (text) => (text === '' ? [] : [{ type: 'text', text }]), end: () => [] }
  }
  return {
    push(text) {
      held += text
      return run(false)
    },
    end() {
      const told = run(true)
      if (calls > 0 && told.every((part) => part.type === 'text' && part.text.trim() === ''))
        return []
      return told
    },
  }
}

/** How much at the end of a text may be the beginning of a mark, with the line breaks before it. */
function heldBack(text: string): number {
  for (let length = Math.min(opening.length - 1, text.length); length > 0; length -= 1) {
    if (!opening.startsWith(text.slice(-length))) continue
    return text.length - text.slice(0, -length).trimEnd().length
  }
  return text.length - text.trimEnd().length
}

/** A whole object in another order, or with its arguments as a text. */
function readCall(text: string, names: ReadonlySet<string>) {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const { name, arguments: given = value.parameters ?? {} } = value
  if (typeof name !== 'string' || !names.has(name)) return null
  return { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) }
}

function merged(parts: CallPart[]): CallPart[] {
  const all: CallPart[] = []
  for (const part of parts) {
    const last = all.at(-1)
    if (part.type === 'text' && last?.type === 'text') last.text += part.text
    else all.push(part)
  }
  return all
}

/** All parts of an answer as what it says and what it calls. */
export function foldParts(parts: readonly CallPart[]) {
  let content = ''
  const calls: { name: string; arguments: string }[] = []
  for (const part of parts) {
    if (part.type === 'text') content += part.text
    else if (part.type === 'call') calls.push({ name: part.name, arguments: '' })
    else for (const call of calls.slice(-1)) call.arguments += part.text
  }
  return { content, calls }
}
