/**
 * `npm run bad-lines`: answers over lines that lose, delay or cut packets, in network namespaces.
 * @module
 */
import type { Page } from '@playwright/test'
import { cases, runCase } from './cases.ts'
import { findObstacle } from './lines.ts'
import { nodeNames, openLineStage } from './stage.ts'

const obstacle = findObstacle()
if (obstacle) {
  console.error(`Bad lines cannot be made here. ${obstacle}`)
  process.exit(1)
}
const wanted = process.argv[2] ?? ''
const stage = await openLineStage()
const nodes: Record<string, Page> = {}
let failed = 0
const rows: Record<string, string | number>[] = []
try {
  for (const each of cases.filter(({ name }) => name.includes(wanted))) {
    const names = nodeNames.slice(0, each.nodes)
    for (const name of nodeNames) {
      if (names.includes(name)) nodes[name] ??= await stage.openNode(name)
      else {
        await nodes[name]?.context().browser()?.close()
        delete nodes[name]
      }
    }
    const asked = await runCase(stage, each, nodes).catch((error: Error) => error)
    const wrong = asked instanceof Error ? asked.message.split('\n')[0] : each.judge(asked)
    if (wrong) failed += 1
    const { said, ...figures } = asked instanceof Error ? { said: '' } : asked
    console.log(`${wrong ? 'FAILED' : 'ok    '} ${each.name}${wrong ? `: ${wrong}` : ''}`)
    if (said) console.log(`       ${said}`)
    rows.push({ line: each.name, ...figures })
  }
} finally {
  await stage.close()
}
console.table(rows)
process.exit(failed > 0 ? 1 : 0)
