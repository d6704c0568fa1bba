/**
 * Every code that the product throws, with the sentences that go with it, as they stand in the sources: a code and
 * what is said are two arguments of one call, written there or handed on by a function of the same file.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { toApiError } from '@weft/sdk'
import ts from 'typescript'
import type { CatalogueError } from '../../apps/web/src/docs/reference.ts'
import { descendants, productFiles, rooms } from './source-files.ts'

type Call = ts.CallExpression | ts.NewExpression
/** A function that hands on what it is given, and who calls it, outwards. */
type Frame = { owner: ts.SignatureDeclaration; call: Call }
type Said = { code: string; sentences: string[]; status: number | null }

const codePattern = /^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/
const maxFrames = 3

export function readErrors(): CatalogueError[] {
  const byCode = new Map<string, { sentences: Set<string>; status: number | null }>()
  for (const { code, sentences, status } of productFiles().flatMap(errorsOf)) {
    const known = byCode.get(code) ?? { sentences: new Set<string>(), status: null }
    for (const sentence of sentences) known.sentences.add(sentence)
    known.status ??= status
    byCode.set(code, known)
  }
  return [...byCode]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, { sentences, status }]) => ({
      code,
      sentences: [...sentences],
      ...overHttp(code, status),
    }))
}

/** What callers by HTTP see; what belongs to a page or a process is never sent. */
function overHttp(code: string, status: number | null): Pick<CatalogueError, 'status' | 'word'> {
  if (/^(gateway|grants)\//.test(code)) return { status, word: null }
  if (/^(web|widget|relay|weft|contracts)\//.test(code)) return { status: null, word: null }
  const told = toApiError(new WeftError(code, ''))
  return { status: told.status, word: told.code === code ? null : told.code }
}

function errorsOf(file: ts.SourceFile): Said[] {
  const nodes = descendants(file)
  const constants = constantsOf(nodes)
  const calls = nodes.filter(
    (node): node is Call => ts.isCallExpression(node) || ts.isNewExpression(node),
  )

  /** @returns every text that an expression can be, as far as the file says it */
  function texts(node: ts.Expression | undefined, frames: Frame[]): string[] {
    if (!node) return []
    if (ts.isStringLiteralLike(node)) return [node.text]
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) {
      return texts(node.expression, frames)
    }
    if (ts.isConditionalExpression(node)) {
      return [...texts(node.whenTrue, frames), ...texts(node.whenFalse, frames)]
    }
    if (ts.isTemplateExpression(node)) return template(node, frames)
    if (ts.isBinaryExpression(node)) {
      const left = texts(node.left, frames)
      const right = texts(node.right, frames)
      if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return [...left, ...right]
      return left.flatMap((start) => right.map((end) => start + end))
    }
    if (!ts.isIdentifier(node)) return []
    const [frame, ...outer] = frames
    const place = frame ? placeOf(frame.owner, node.text) : -1
    if (frame && place >= 0) return texts(frame.call.arguments?.[place], outer)
    return nearest(constants.get(node.text) ?? [], node).flatMap(literals)
  }

  /** A constant is followed no further: names come more than once. */
  const literals = (node: ts.Expression): string[] =>
    ts.isTemplateExpression(node)
      ? template(node, [])
      : [node, ...descendants(node)].filter(ts.isStringLiteralLike).map(({ text }) => text)

  /** Of a code what is filled in counts; of a sentence there is too much of it. */
  function template({ head, templateSpans }: ts.TemplateExpression, frames: Frame[]): string[] {
    const isCode = /^[a-z]+\/$/.test(head.text)
    return templateSpans.reduce<string[]>(
      (starts, { expression, literal }) => {
        const filled = isCode ? texts(expression, frames) : ['…']
        return starts.flatMap((start) => filled.map((part) => start + part + literal.text))
      },
      [head.text],
    )
  }

  /** @returns one chain of callers for each way in, or one that is empty where nothing is handed on */
  function chains(inner: ts.Node, argument: readonly ts.Expression[], depth = 0): Frame[][] {
    const owner = ts.findAncestor(inner, (node): node is ts.SignatureDeclaration =>
      ts.isFunctionLike(node),
    )
    const names = argument.flatMap((node) => [node, ...descendants(node)]).filter(ts.isIdentifier)
    const isHandedOn = owner && names.some(({ text }) => placeOf(owner, text) >= 0)
    const name = isHandedOn && nameOf(owner)
    if (!owner || !name || depth === maxFrames) return [[]]
    const callers = calls.filter(({ expression }) => expression.getText(file) === name)
    const ways = callers.flatMap((call) =>
      chains(call, call.arguments ?? [], depth + 1).map((outer) => [{ owner, call }, ...outer]),
    )
    return ways.length > 0 ? ways : [[]]
  }

  return calls.flatMap((call) => {
    const given = call.arguments ?? []
    return chains(call, given).flatMap((frames) => {
      const all = given.map((node) => texts(node, frames))
      const place = all.findIndex((each) => each.some((text) => codePattern.test(text)))
      const sentences = all
        .slice(place + 1)
        .map((each) => each.filter((text) => / |\.$/.test(text)))
        .find((each) => each.length > 0)
      const codes = (all[place] ?? []).filter((code) => codePattern.test(code))
      return codes
        .filter((code) => makesError(call) || (sentences && rooms.has(code.split('/')[0] ?? '')))
        .map((code) => ({ code, sentences: sentences ?? [], status: statusOf(given) }))
    })
  })
}

function makesError({ expression }: Call): boolean {
  const name = expression.getText()
  return /Error$|Refusal$|Error\.from$/.test(name) || expression.kind === ts.SyntaxKind.SuperKeyword
}

function nameOf(owner: ts.SignatureDeclaration): string | undefined {
  if (ts.isConstructorDeclaration(owner)) return owner.parent.name?.text
  const named = ts.isArrowFunction(owner) ? owner.parent : owner
  return ts.isVariableDeclaration(named) || ts.isFunctionDeclaration(named)
    ? named.name?.getText()
    : undefined
}

function placeOf({ parameters }: ts.SignatureDeclaration, name: string): number {
  return parameters.findIndex((parameter) => parameter.name.getText() === name)
}

/** What names stand for, where a text is all that they are or choose from. */
function constantsOf(nodes: ts.Node[]): Map<string, ts.Expression[]> {
  const declared = nodes.filter(ts.isVariableDeclaration)
  const valued = declared.flatMap(({ name, initializer }) =>
    initializer && isText(initializer) ? [[name.getText(), initializer] as const] : [],
  )
  const names = Map.groupBy(valued, ([name]) => name)
  return new Map([...names].map(([name, all]) => [name, all.map(([, value]) => value)]))
}

/** Of several of one name, those that are declared in the innermost block around where it stands. */
function nearest(values: readonly ts.Expression[], at: ts.Node): readonly ts.Expression[] {
  const around = values.filter((value) => contains(blockOf(value), at))
  const [inner] = around.map(blockOf).sort((one, other) => other.pos - one.pos)
  return inner ? around.filter((value) => blockOf(value) === inner) : values
}

function blockOf(node: ts.Node): ts.Node {
  return ts.findAncestor(node, ts.isBlock) ?? node.getSourceFile()
}

const contains = (outer: ts.Node, { pos, end }: ts.Node): boolean =>
  outer.pos <= pos && end <= outer.end

function isText(node: ts.Node): boolean {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    ts.isConditionalExpression(node)
  )
}

function statusOf(given: readonly ts.Expression[]): number | null {
  for (const node of given.filter(ts.isObjectLiteralExpression)) {
    for (const property of node.properties) {
      const isStatus = ts.isPropertyAssignment(property) && property.name.getText() === 'status'
      if (isStatus && ts.isNumericLiteral(property.initializer))
        return Number(property.initializer.text)
    }
  }
  return null
}
