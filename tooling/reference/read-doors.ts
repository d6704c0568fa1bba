/**
 * The doors that are not imports: attributes and events of the widget, addresses of the gateway.
 * @module
 */
import ts from 'typescript'
import type {
  ReferenceEntry,
  ReferenceMember,
  ReferencePart,
} from '../../apps/web/src/docs/reference.ts'
import { descendants, parse, unwrap } from './source-files.ts'

/** Tags of the Custom Elements Manifest, on the class of the element, and its public methods. */
export function readWidget(): ReferencePart {
  const file = parse('packages/widget/src/element.ts')
  const [element] = descendants(file).filter(ts.isClassExpression)
  if (!element) throw new Error('The element has no class.')
  const tags = ts.getJSDocTags(element.parent.parent.parent)
  const tagged = (tag: string, signature: (name: string) => string): ReferenceMember[] =>
    tags
      .filter(({ tagName }) => tagName.text === tag)
      .map(({ comment }) => {
        const [name = '', ...words] = (ts.getTextOfJSDocComment(comment) ?? '').split(' - ')
        return { signature: signature(name), doc: unwrap(words.join(' - ')) }
      })
  const methods = element.members
    .filter(ts.isMethodDeclaration)
    .map((method) => ({ method, text: docOf(method) }))
    .filter(({ text }) => text.doc)
    .map(({ method, text: { doc, notes } }) => ({
      signature: method.getText().split(' {\n')[0] ?? '',
      doc: [doc, ...notes].join('\n'),
    }))
  const group = (name: string, members: ReferenceMember[]) => ({ ...empty, name, members })
  return {
    name: '<weft-chat>',
    entries: [
      group(
        'Attributes',
        tagged('attr', (name) => name),
      ),
      group(
        'Methods',
        methods.filter(({ signature }) => !signature.startsWith('#')),
      ),
      group(
        'Events',
        tagged('fires', (name) => name),
      ),
      group('CSS', [
        ...tagged('csspart', (name) => `::part(${name})`),
        ...tagged('cssprop', (name) => name),
      ]),
    ],
  }
}

const empty = { signature: '', doc: '', notes: [], example: null, members: [] }

/** Every route that has a docstring; those of an application mounted elsewhere come with where that is. */
export function readGateway(): ReferencePart {
  const routes = (path: string, mounted = '') =>
    descendants(parse(path))
      .filter(ts.isExpressionStatement)
      .flatMap((statement) => routeOf(statement, mounted))
  return {
    name: 'Gateway',
    entries: [
      ...routes('apps/gateway/src/gateway.ts'),
      ...routes('apps/gateway/src/grants/grant-routes.ts', '/v1/grants'),
    ],
  }
}

function routeOf(statement: ts.ExpressionStatement, mounted: string): ReferenceEntry[] {
  const { doc, notes } = docOf(statement)
  const call = statement.expression
  if (!doc || !ts.isCallExpression(call)) return []
  const [path] = call.arguments
  if (!path || !ts.isStringLiteral(path)) return []
  const method = call.expression.getText() === 'app.get' ? 'GET' : 'POST'
  const address = `${mounted}${path.text.replace('{.+}', '')}`.replace(/(?<=.)\/$/, '')
  return [{ ...empty, name: address, signature: `${method} ${address}`, doc, notes }]
}

function docOf(node: ts.Node): { doc: string; notes: string[] } {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)
  const text = (of: ts.JSDoc['comment']) => unwrap(ts.getTextOfJSDocComment(of) ?? '')
  const notes = (comment?.tags ?? []).map((tag) => {
    const name = ts.isJSDocParameterTag(tag) ? `${tag.name.getText()} ` : ''
    return `@${tag.tagName.text} ${name}${text(tag.comment)}`.trim()
  })
  return { doc: text(comment?.comment), notes }
}
