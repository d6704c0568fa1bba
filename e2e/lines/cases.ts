/**
 * Lines as they are out there, and what a person may expect on each.
 * @module
 */
import type { Page } from '@playwright/test'
import { type Asked, ask } from './ask.ts'
import type { Rules } from './lines.ts'
import { clientName, type LineStage, nodeNames } from './stage.ts'

export type Case = {
  name: string
  /** How many nodes serve. */
  nodes: 1 | 2
  /** From before the client's page is opened. */
  line: Rules
  /** With the answer under way. */
  midway?: (stage: LineStage, answering: string) => void
  /** @returns what is wrong, or null */
  judge(asked: Asked): string | null
}

/** A person who gets no answer is told why within this. */
const toldMs = 10_000
const [first, second] = nodeNames

export const cases: Case[] = [
  { name: 'a good line', nodes: 1, line: {}, judge: isWholeFromOne },
  {
    name: '5 % of packets lost, 20 ms each way',
    nodes: 2,
    line: { loss: 0.05, delayMs: 20 },
    judge: isWhole,
  },
  {
    name: 'a round trip of 200 ms',
    nodes: 2,
    line: { delayMs: 100 },
    judge: isWholeFromOne,
  },
  {
    name: 'a round trip of 400 ms',
    nodes: 2,
    line: { delayMs: 200 },
    judge: isWholeFromOne,
  },
  {
    name: 'no node can be reached, the relay can',
    nodes: 2,
    line: { cut: [first, second].map((node) => [node, clientName]) },
    judge: isTold,
  },
  {
    name: 'one of two nodes cannot be reached',
    nodes: 2,
    line: { cut: [[first, clientName]] },
    judge: (asked) => isWholeFromOne(asked) ?? (asked.endMs > toldMs ? 'too late' : null),
  },
  {
    name: 'the client gets another address in mid-answer',
    nodes: 1,
    line: { delayMs: 100 },
    midway: (stage) => stage.move(clientName, elsewhere(stage, clientName)),
    judge: isWholeOrTold,
  },
  {
    name: 'the node gets another address in mid-answer',
    nodes: 1,
    line: { delayMs: 100 },
    midway: (stage, answering) => stage.move(answering, elsewhere(stage, answering)),
    judge: isWholeOrTold,
  },
  {
    name: 'the same with another node at hand',
    nodes: 2,
    line: { delayMs: 100 },
    midway: (stage, answering) => stage.move(answering, elsewhere(stage, answering)),
    judge: isWhole,
  },
]

/** In the same network, as when a router hands out addresses anew. */
function elsewhere(stage: LineStage, name: string): string {
  const { address } = stage.place(name)
  return address.endsWith('.2') ? address.replace(/\d+$/, '9') : address.replace(/\d+$/, '2')
}

function isWhole({ finish, said }: Asked): string | null {
  return finish === 'stop' || finish === 'length' ? null : `not whole: ${said}`
}

function isWholeFromOne(asked: Asked): string | null {
  const broken = isWhole(asked)
  if (broken) return broken
  return asked.peers === 1 ? null : `a slow line was taken for a dead node: ${asked.said}`
}

function isTold({ finish, said, silentMs }: Asked): string | null {
  if (finish !== 'failed') return `it ended as "${finish}"`
  if (silentMs > toldMs) return `told after ${silentMs} ms`
  return /this device/i.test(said) ? null : `told without a way out: ${said}`
}

function isWholeOrTold(asked: Asked): string | null {
  return isWhole(asked) && isTold(asked)
}

/** Tokens after which `midway` happens; the rest still waits for credit on its slow line. */
const midwayTokens = 5

/** @param nodes pages that serve, by place */
export async function runCase(
  stage: LineStage,
  { line, midway }: Case,
  nodes: Record<string, Page>,
): Promise<Asked> {
  stage.set({ loss: 0, delayMs: 0, cut: [], ...line })
  const client = await stage.openPage(clientName)
  try {
    const act = async () => midway?.(stage, await findAnswering(nodes))
    return await ask(client, midway ? { onToken: { count: midwayTokens, act } } : {})
  } finally {
    await client.context().browser()?.close()
    stage.set({ loss: 0, delayMs: 0, cut: [] })
  }
}

/** The place whose tab says that it answers. */
async function findAnswering(nodes: Record<string, Page>): Promise<string> {
  for (const [name, page] of Object.entries(nodes)) {
    const status = page.getByRole('status', { name: 'Node status' })
    if ((await status.innerText()).includes('Answering')) return name
  }
  return Object.keys(nodes)[0] ?? ''
}
