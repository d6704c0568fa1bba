/**
 * The body of a request, up to a limit.
 * @module
 */
import { Refusal } from './api-failure.ts'

/** @throws Refusal */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body ?? []) {
    length += part.length
    if (length > maxBytes) throw tooLarge(maxBytes)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/**
 * A page of another origin may not send JSON without leave, so what says that it is JSON comes from a program, or
 * from an origin that CORS lets in.
 * @throws Refusal
 */
export async function readJson(
  request: Request,
  maxBytes: number,
): Promise<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw new Refusal('gateway/not-json', 'Send JSON, with content-type application/json.', {
      status: 415,
    })
  }
  const bytes = await readBytes(request, maxBytes)
  let value: unknown
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (isDeep(text)) throw tooDeep()
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('gateway/not-json', 'The body is not valid JSON.', { status: 400 })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('gateway/not-json', 'The body has to be a JSON object.', { status: 400 })
  }
  return value as Record<string, unknown>
}

/** Levels of arrays and objects: a job has 24 at most where it is deepest, and whoever walks them has one stack. */
const maxDepth = 64

/** @param text - perhaps no JSON at all */
function isDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at += 1
    } else if (char === '{' || char === '[') {
      depth += 1
      if (depth > maxDepth) return true
    } else if (char === '}' || char === ']') depth -= 1
  }
  return false
}

function tooDeep(): Refusal {
  const message = `The body nests deeper than ${maxDepth} levels.`
  return new Refusal('gateway/too-deep', message, { status: 400 })
}

function tooLarge(maxBytes: number): Refusal {
  const kilobytes = Math.floor(maxBytes / 1024)
  return new Refusal('gateway/too-large', `The body is larger than ${kilobytes} KB.`, {
    status: 413,
  })
}
