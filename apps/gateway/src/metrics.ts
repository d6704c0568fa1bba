/**
 * What Prometheus reads of a gateway.
 * @module
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    requests: new Counter({
      name: 'weft_gateway_requests_total',
      help: 'Requests, by route and status',
      labelNames: ['route', 'status'],
      registers,
    }),
    running: new Gauge({
      name: 'weft_gateway_running',
      help: 'Answers under way',
      registers,
    }),
    firstToken: new Histogram({
      name: 'weft_gateway_first_token_seconds',
      help: 'From a request to the first token of its answer',
      buckets: seconds,
      registers,
    }),
    duration: new Histogram({
      name: 'weft_gateway_answer_seconds',
      help: 'From a request to the end of its answer',
      buckets: seconds,
      registers,
    }),
    tokens: new Counter({
      name: 'weft_gateway_tokens_total',
      help: 'Tokens of prompts and answers',
      labelNames: ['direction'],
      registers,
    }),
    costTokens: new Counter({
      name: 'weft_gateway_cost_tokens_total',
      help: 'What nodes are owed, in whole tokens of the chain',
      registers,
    }),
    /** Answers that ended, by how: done, failed, cancelled. */
    answers: new Counter({
      name: 'weft_gateway_answers_total',
      help: 'Answers, by how they ended',
      labelNames: ['end'],
      registers,
    }),
    payments: new Counter({
      name: 'weft_gateway_payments_total',
      help: 'Payments of x402, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    grants: new Counter({
      name: 'weft_gateway_grants_total',
      help: 'Requests for grants, by app and answer',
      labelNames: ['app', 'answer'],
      registers,
    }),
  }
}
