/**
 * What a check costs, what it finds, whom it accuses wrongly, what it costs a client to hold a node to its receipt,
 * and a node to be held to it; all with Bobbin, the model that is calibrated.
 * @module
 */
import { fileURLToPath } from 'node:url'
import { nodeRuntime } from '@weft/engine/local'
import { openNodeWasm } from '@weft/engine/testing'
import * as ort from 'onnxruntime-node'
import { openNode, openTab, readModelFolder } from '../calibrate/backends.ts'
import { type ModelStage, openModelStage } from '../model-stage.ts'
import type { Bench, BenchReport } from '../report.ts'
import { clientCost } from './client-cost.ts'
import { find } from './found.ts'
import { costInNode, costInTabs, costOfFingerprints } from './measure-cost.ts'

const folder = fileURLToPath(new URL('../../../../public/models/bobbin/', import.meta.url))
const leastRounds = 15

export const verify: Bench = {
  describe: 'what a check costs, what it finds, and whom it accuses wrongly',
  goals: {
    costRatio: '<= 0.1',
    detectionAt300: '>= 0.999',
    falseAccusation: '< 0.0001',
    clientOverheadPercent: '<= 1',
    fingerprintBytesPerToken: '<= 8.1',
  },
  async run({ runs, gpu }): Promise<BenchReport> {
    const rounds = Math.max(leastRounds, runs)
    const model = readModelFolder(folder)
    const stage = await openModelStage(gpu, folder)
    const closers = [stage.close]
    try {
      const tab = await costInTabs(stage, rounds)
      const native = await costInNode(model, rounds, async () => nodeRuntime(ort, { threads: 1 }))
      const wasm = await costInNode(model, rounds, openNodeWasm)
      const client = await clientCost(rounds)
      const fingerprints = await costOfFingerprints(stage, rounds)
      const backends = {
        node: await openNode(model),
        tab: await openTab(stage, { model: '/model/', backend: 'wasm', threads: null }),
      }
      closers.push(backends.node.close, backends.tab.close)
      const found = await find({ model, ...backends, closers })
      const { jobs, windows, failedWindows, failedAnswers, failedDrawn, cheats } = found
      return {
        name: 'verify',
        metrics: {
          costRatio: tab.ratio,
          detectionAt300: Math.min(...cheats.map((cheat) => cheat.found)),
          falseAccusation: Math.max(failedWindows / windows, failedAnswers, failedDrawn),
          clientOverheadPercent: client.percent,
          nodeOverheadPercent: fingerprints.percent.median,
          nodeOverheadPercentLow: fingerprints.percent.low,
          nodeOverheadPercentHigh: fingerprints.percent.high,
          nodeMakingPercent: fingerprints.makingPercent,
          fingerprintBytesPerToken: fingerprints.bytesPerToken,
          clientCheckMs: client.checkMs,
          clientAnswerMs: client.answerMs,
          costRatioNode: native.ratio,
          floorRatioWasm: wasm.floor,
          floorRatioNode: native.floor,
          honestJobs: jobs,
          honestWindows: windows,
        },
        notes: notes(stage),
        rows: [tab.row, wasm.row, native.row, ...cheats],
      }
    } finally {
      for (const close of closers.reverse()) await close()
    }
  },
}

function notes({ browser }: ModelStage): string[] {
  return [
    `${browser}. costRatio: one check over the answer that it checks, each on an engine of its own, one after the other; the median of the pairs.`,
    'floor: of both, what the model alone takes. The WebAssembly build of ONNX Runtime computes one row about as fast for each number as many rows; native code and graphics devices do not.',
    'detectionAt300: the least of the ten cheats; 16 answers of each, of which 20,000 are drawn. falseAccusation: the largest of the shares that fail of stretches of 32 tokens (they overlap), of whole answers, and of 100,000 drawn answers of either direction; a tab answers and Node reads, and the other way round.',
    'clientOverheadPercent: what quote, chain of tokens, fingerprints, text and receipt take on the main thread of who asked, over what the answer of another tab of this machine takes without them; they are checked once more for it, as soon as the answer is there. A larger model takes longer, its checks do not.',
    'nodeOverheadPercent: what a token takes longer in a tab that makes fingerprints than in the same one without, in pairs, the one first in one pair and the other in the next; low and high: between them the median lies in 95 of 100 repetitions. nodeMakingPercent: of that, the share of the answer in which the main thread makes them of states that it has.',
  ]
}
