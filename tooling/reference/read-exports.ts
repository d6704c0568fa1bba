/**
 * What a package exports, with what its docstrings say. Types are shown as they are written: nothing is inferred, and
 * no other package's declarations are read.
 * @module
 */
import { dirname, resolve } from 'node:path'
import ts from 'typescript'
import type {
  ReferenceEntry,
  ReferenceMember,
  ReferencePart,
} from '../../apps/web/src/docs/reference.ts'
import { root, unwrap } from './source-files.ts'

/** @param entries - import name to file, from the root */
export function readExports(entries: Record<string, string>): ReferencePart[] {
  const options: ts.CompilerOptions = {
    noLib: true,
    types: [],
    target: ts.ScriptTarget.Latest,
    jsx: ts.JsxEmit.ReactJSX,
    allowImportingTsExtensions: true,
    noEmit: true,
  }
  const host = ts.createCompilerHost(options)
  host.resolveModuleNameLiterals = (literals, file) =>
    literals.map(({ text }) => ({ resolvedModule: resolved(text, file) }))
  const files = Object.values(entries).map((path) => `${root}/${path}`)
  const program = ts.createProgram(files, options, host)
  const checker = program.getTypeChecker()
  return Object.entries(entries).map(([name, path]) => {
    const file = program.getSourceFile(`${root}/${path}`)
    const module = file && checker.getSymbolAtLocation(file)
    const symbols = module ? checker.getExportsOfModule(module) : []
    const read = symbols.flatMap((symbol) => entryOf(symbol, checker))
    const isCalled = ({ signature }: ReferenceEntry) => /^(function|class)/.test(signature)
    const called = read.filter(isCalled)
    called.sort((one, other) => Number(other.example !== null) - Number(one.example !== null))
    const types = read.filter((entry) => !isCalled(entry))
    types.sort((one, other) => (one.name < other.name ? -1 : 1))
    return { name, entries: [...called, ...types] }
  })
}

/** Our own files and packages; what they import of others stays a name. */
function resolved(name: string, from: string): ts.ResolvedModuleFull | undefined {
  const ours = /^@weft\/(engine|network|payments|storage|sdk)$/.exec(name)?.[1]
  const path = ours
    ? `${root}/packages/${ours}/src/index.ts`
    : name.startsWith('.') && resolve(dirname(from), name)
  const extension = name.endsWith('.tsx') ? ts.Extension.Tsx : ts.Extension.Ts
  return path ? { resolvedFileName: path, extension } : undefined
}

function entryOf(symbol: ts.Symbol, checker: ts.TypeChecker): ReferenceEntry[] {
  const named = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const declarations = named.declarations ?? []
  const [first] = declarations
  if (!first) return []
  const tags = named.getJsDocTags(checker)
  const example = tags.find(({ name }) => name === 'example')
  return [
    {
      name: symbol.name,
      signature: declarations.map(signatureOf).join('\n'),
      doc: docOf(named, checker),
      notes: notesOf(tags),
      example: example ? ts.displayPartsToString(example.text).trim() : null,
      members: membersOf(first).flatMap((node) => memberOf(node, checker)),
    },
  ]
}

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return unwrap(ts.displayPartsToString(symbol.getDocumentationComment(checker)))
}

function notesOf(tags: readonly ts.JSDocTagInfo[]): string[] {
  return tags
    .filter(({ name }) => name !== 'example' && name !== 'module')
    .map(({ name, text }) => `@${name} ${unwrap(ts.displayPartsToString(text))}`)
}

function memberOf(node: ts.Node, checker: ts.TypeChecker): ReferenceMember[] {
  const name = (node as ts.NamedDeclaration).name
  const symbol = name && checker.getSymbolAtLocation(name)
  const isPublic = !name || !ts.isPrivateIdentifier(name)
  if (!isPublic || ts.isConstructorDeclaration(node)) return []
  const body = ts.isMethodDeclaration(node) ? node.body : undefined
  const signature = textOf(node, body).replace(/^readonly /, '')
  if (!symbol) return [{ signature, doc: '' }]
  const notes = notesOf(symbol.getJsDocTags(checker))
  return [{ signature, doc: [docOf(symbol, checker), ...notes].filter(Boolean).join('\n') }]
}

/** Of an object what it has, of an intersection what its own parts have. */
function membersOf(node: ts.Node): ts.Node[] {
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) return [...node.members]
  if (ts.isTypeAliasDeclaration(node)) return membersOf(node.type)
  if (ts.isTypeLiteralNode(node)) return [...node.members]
  if (ts.isIntersectionTypeNode(node)) return node.types.flatMap(membersOf)
  return []
}

function signatureOf(node: ts.Declaration): string {
  if (ts.isFunctionDeclaration(node)) return textOf(node, node.body)
  const members = membersOf(node)
  if (members.length === 0) return textOf(node)
  if (!ts.isTypeAliasDeclaration(node)) {
    const head = node.getText().split('{')[0] ?? ''
    return clean(head)
  }
  return clean(
    [...new Set(members.map(({ parent }) => parent))].reduce(
      (text, literal) => text.replace(literal.getText(), '{ … }'),
      node.getText(),
    ),
  )
}

function textOf(node: ts.Node, body?: ts.Node): string {
  const text = node.getText()
  return clean(body ? text.slice(0, body.getStart() - node.getStart()) : text)
}

function clean(text: string): string {
  return text
    .replaceAll(/\/\*\*[\s\S]*?\*\/\s*/g, '')
    .replaceAll(/^\s*\/\/.*\n/gm, '')
    .replace(/^export (default )?/, '')
    .replace(/^async /, '')
    .trim()
}
