/**
 * Set-up of tests that share a process: each file leaves the globals as it found them, or the one behind it finds what
 * it cannot know.
 * @module
 */
import { afterAll } from 'vitest'

/** Added, in nobody's place: a database in memory, whose names are drawn by lot, what reads grammars, and what ONNX Runtime has threads in. */
const allowed = /^(IDB|indexedDB$|xgrammar$|Worker$|__)/

function look(): Map<string, unknown> {
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => !allowed.test(name))
  return new Map(names.map((name) => [name, Reflect.get(globalThis, name)]))
}

const found = look()
afterAll(() => {
  const left = look()
  const changed = [...new Set([...found.keys(), ...left.keys()])].filter(
    (name) => !Object.is(found.get(name), left.get(name)),
  )
  if (changed.length === 0) return
  throw new Error(
    `This file changed ${changed.join(', ')} for those that share its process: name it *.alone.test.ts.`,
  )
})
