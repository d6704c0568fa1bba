/**
 * Traces by the OpenTelemetry API alone: without an SDK they cost nothing and go nowhere. Whoever runs the gateway
 * chooses one, e.g. `NODE_OPTIONS="--import @opentelemetry/auto-instrumentations-node/register"`.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/
 * @module
 */
import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

const tracer = trace.getTracer('weft-gateway')

/** @returns the span of one answer, a child of what the caller's `traceparent` names */
export function startSpan(request: Request, operation: string, model: unknown): Span {
  const parent = propagation.extract(context.active(), Object.fromEntries(request.headers))
  const name = typeof model === 'string' ? model.slice(0, 200) : ''
  return tracer.startSpan(
    `${operation} ${name}`.trim(),
    {
      kind: SpanKind.SERVER,
      attributes: {
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': 'weft',
        'gen_ai.request.model': name,
      },
    },
    parent,
  )
}

export function failSpan(span: Span, code: string): void {
  span.setAttribute('error.type', code)
  span.setStatus({ code: SpanStatusCode.ERROR })
}
