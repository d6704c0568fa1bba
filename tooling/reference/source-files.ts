/**
 * The sources that the reference is read from, parsed and not type-checked.
 * @module
 */
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Rooms and front doors: the first half of every code. */
export const rooms = new Set(
  globSync('{packages,apps}/*', { cwd: root }).map((folder) => basename(folder)),
)

/** @returns what the product is made of: no tests, no benches */
export function productFiles(): ts.SourceFile[] {
  const isProduct = (path: string) => !/\.test\.ts|\.d\.ts|\/(testing|generated)\//.test(path)
  return globSync(
    ['packages/*/src/**/*.{ts,tsx}', 'apps/{web,gateway,relay,weft}/src/**/*.{ts,tsx}'],
    { cwd: root },
  )
    .filter(isProduct)
    .sort()
    .map(parse)
}

/** @param path - from the root */
export function parse(path: string): ts.SourceFile {
  const text = readFileSync(`${root}/${path}`, 'utf8')
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
}

export function descendants(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = []
  ts.forEachChild(node, (child) => void found.push(child))
  // It grows while it is walked.
  for (const each of found) ts.forEachChild(each, (child) => void found.push(child))
  return found
}

/** Comments are wrapped at the width of the sources: one line for each paragraph, lists as they are. */
export function unwrap(text: string): string {
  return text.trim().replaceAll(/(?<!\n)\n(?!\n|- )\s*/g, ' ')
}
