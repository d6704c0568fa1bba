import { verdictsAbi } from '@weft/contracts'
import {
  createPrivateKey,
  freePrice,
  type PrivateKey,
  pause,
  peerIdFromPrivateKey,
  randomBytes,
  receiptId,
  signReceipt,
  signVerdict,
} from '@weft/protocol'
import {
  bytesToHex,
  createWalletClient,
  custom,
  encodeAbiParameters,
  keccak256,
  parseEther,
} from 'viem'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type DevelopmentChain, startDevelopmentChain } from '../testing/development-chain.ts'
import { accountOfKey } from './account-of-key.ts'
import { numberEpoch } from './number-epoch.ts'
import { registryRoles } from './registry-wallet.ts'
import { sendCoins } from './send.ts'
import type { VerdictsReader } from './verdicts-reader.ts'
import { createVerdictsWallet, type VerdictsWallet } from './verdicts-wallet.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const stakeWei = parseEther('100')
const rules = {
  ...{ epochSeconds: 2n, answerSeconds: 4n, sampleBps: 10_000n },
  ...{ panelSize: 3n, appealSize: 4n },
}

type Court = VerdictsReader & { send: VerdictsWallet }
type Verifier = { privateKey: PrivateKey; address: `0x${string}` }

let chain: DevelopmentChain
let court: Court
let verifiers: Verifier[]
const node = createPrivateKey()
let nodeAddress: `0x${string}`

beforeAll(async () => {
  chain = await startDevelopmentChain(rules)
  const enrolled = await chain.enrol(node, { roles: registryRoles.compute, stakeWei })
  nodeAddress = enrolled.operator
  verifiers = []
  for (let index = 0; index < 8; index += 1) {
    const privateKey = createPrivateKey()
    const verifier = await chain.enrol(privateKey, { roles: registryRoles.verify, stakeWei })
    await verifier.court.takeSeat(verifier.operator)
    verifiers.push({ privateKey, address: verifier.operator })
  }
  court = await chain.court(verifiers[0]?.privateKey ?? node)
})
afterAll(() => chain.stop())

function receiptOf() {
  const hash = randomBytes(32)
  return signReceipt(
    {
      version: 1,
      jobId: hash,
      modelCid,
      tokenizerHash: hash,
      samplerHash: hash,
      nodePeerId: peerIdFromPrivateKey(node),
      clientPeerId: peerIdFromPrivateKey(createPrivateKey()),
      nonce: hash,
      inputTokens: 3,
      firstToken: 0,
      outputTokens: 2,
      tokenChain: [hash],
      textHash: hash,
      finishReason: 'stop',
      engine: { runtime: 'test', backend: 'wasm', device: '' },
      price: freePrice,
      costWei: 0n,
      channelId: null,
      prefillMs: 1,
      decodeMs: 1,
      endedAtMs: Date.now(),
    },
    node,
  )
}

/** The first epoch after a moment, recorded here: nobody else does. */
async function epochAfter(seconds: number): Promise<number> {
  for (;;) {
    const epoch = await court.epochAfter(seconds)
    if (epoch !== null) return epoch
    await pause(200)
    await numberEpoch(court).catch(() => {})
  }
}

function verdictsOf(panel: readonly string[], id: Uint8Array, isFalse: boolean) {
  return verifiers
    .filter(({ address }) => panel.includes(address))
    .map(({ privateKey }) =>
      signVerdict(
        {
          verifierPeerId: peerIdFromPrivateKey(privateKey),
          receiptId: id,
          isFalse,
          finding: randomBytes(32),
          court: court.court,
        },
        privateKey,
      ),
    )
}

/** The clock of a chain that was slow to start lags behind ours. */
const settleWhenOver = (caseId: `0x${string}`) =>
  vi.waitFor(() => court.send.settle(caseId), { timeout: 20_000, interval: 200 })

async function accused() {
  const receipt = receiptOf()
  const id = receiptId(receipt)
  const caseId = bytesToHex(id)
  await court.send.tell(receipt)
  const { toldAt } = await court.readCase(caseId)
  const epoch = await epochAfter(toldAt)
  const panel = await court.draw({ receiptId: caseId, node: nodeAddress, epoch })
  expect(panel).toHaveLength(court.rules.panelSize)
  await court.send.accuse(receipt, { epoch, verdicts: verdictsOf(panel, id, true) })
  return { id, caseId, panel, receipt }
}

test('a node that a panel finds cheating loses half of its stake, and the news says so', async () => {
  expect(court.rules).toMatchObject({ epochSeconds: 2, panelSize: 3, minimumStakeWei: stakeWei })
  const [first] = verifiers
  if (!first) throw new Error('no verifier')
  expect(await court.readSeat(first.address)).toMatchObject({ untilEpoch: null })
  expect(await court.readSeat(nodeAddress)).toBeNull()
  const { nextBlock } = await court.readNews(null)
  const { caseId, panel, receipt } = await accused()
  const open = await court.readCase(caseId)
  expect(open).toMatchObject({ stage: 'accused', accuser: first.address, sayTrue: [] })
  expect(open.sayFalse.toSorted()).toEqual(panel.toSorted())
  await expect(court.send.tell(receipt)).rejects.toMatchObject({
    message: expect.stringContaining('told before'),
  })
  await expect(court.send.settle(caseId)).rejects.toMatchObject({
    code: 'payments/refused',
    message: expect.stringContaining('another stage'),
  })
  await pause(1_000 * open.endsAt - Date.now())
  const lostWei = stakeWei / 2n
  expect(await settleWhenOver(caseId)).toEqual({ outcome: 'convicted', lostWei })
  expect(await court.readStake(nodeAddress)).toBe(stakeWei - lostWei)
  const isRight = panel.includes(first.address)
  const shareWei = (lostWei * 2_000n) / 10_000n / 3n
  const owedWei = (lostWei * 1_000n) / 10_000n + (isRight ? shareWei : 0n)
  expect(await court.readOwed(first.address)).toBe(owedWei)
  const news = await court.readNews(nextBlock)
  expect(news.settled).toEqual([
    { receiptId: caseId, node: nodeAddress, outcome: 'convicted', lostWei },
  ])
  expect(news.accused).toEqual([{ receiptId: caseId, node: nodeAddress }])
})

test('an appeal calls the larger panel, whose votes end the case', async () => {
  const appellant = await chain.enrol(createPrivateKey(), { roles: 1, stakeWei: 0n })
  const { id, caseId, panel } = await accused()
  await appellant.court.appeal(caseId, court.rules.appealBondWei)
  const larger = await court.panelOf(caseId)
  expect(larger).toHaveLength(4)
  expect(larger.some((each) => panel.includes(each))).toBe(false)
  await court.send.vote(caseId, verdictsOf(larger, id, false))
  const { endsAt, stage, sayTrue } = await court.readCase(caseId)
  expect(stage).toBe('appealed')
  expect(sayTrue.toSorted()).toEqual(larger.toSorted())
  await pause(1_000 * endsAt - Date.now())
  expect(await settleWhenOver(caseId)).toMatchObject({ outcome: 'acquitted' })
  expect(await court.readOwed(appellant.owner.address)).toBe(court.rules.appealBondWei)
})

test('who has not what a seat takes is told so', async () => {
  const poor = await chain.enrol(createPrivateKey(), { roles: 2, stakeWei: 1n })
  await expect(poor.court.takeSeat(poor.operator)).rejects.toMatchObject({
    code: 'payments/refused',
    message: expect.stringContaining('enough at stake'),
  })
})

test('an epoch has the number of the block in which it was begun, also where blocks come by themselves', async () => {
  await chain.control.setAutomine(false)
  try {
    await chain.control.setIntervalMining({ interval: 1 })
    const { number: before } = await chain.reader.getBlock()
    const last = await court.lastEpoch()
    await numberEpoch(court)
    const epoch = await court.lastEpoch()
    expect(epoch).toBeGreaterThan(last)
    const abi = verdictsAbi
    const [begun] = await chain.reader.getContractEvents({
      ...{ address: chain.deployment.verdicts, abi, eventName: 'EpochBegun', fromBlock: before },
      ...{ args: { epoch: BigInt(epoch) }, strict: true },
    })
    const { hash } = await chain.reader.getBlock({ blockNumber: begun?.blockNumber ?? 0n })
    const said = [{ type: 'bytes32' }, { type: 'uint256' }]
    const digest = BigInt(keccak256(encodeAbiParameters(said, [hash, BigInt(epoch)])))
    const [number] = await chain.reader.readContract({
      ...{ address: chain.deployment.verdicts, abi, functionName: 'epochs', args: [BigInt(epoch)] },
    })
    expect(number).toBe(digest & (2n ** 128n - 1n))
  } finally {
    await chain.control.setIntervalMining({ interval: 0 })
    await chain.control.setAutomine(true)
  }
})

test('a new key that redeems and goes to court at the same time gives no number out twice', async () => {
  const account = accountOfKey(createPrivateKey())
  const { address: to, clients } = await chain.createWallet()
  await sendCoins(clients, { to: account.address, wei: parseEther('0.5') })
  // What one key sends is on its way for long enough that the others come meanwhile.
  const transport = custom({
    async request(asked) {
      if (asked.method === 'eth_sendRawTransaction') await pause(300)
      return chain.reader.request(asked)
    },
  })
  const wallet = createWalletClient({ account, chain: foundry, transport })
  const slow = { ...chain.clientsOf(account), wallet }
  const sent = [0, 100, 200].map(async (waitMs) => {
    await pause(waitMs)
    return sendCoins(slow, { to, wei: 1n })
  })
  await pause(150)
  const court = createVerdictsWallet(slow)
  await expect(court.leaveSeat(account.address)).rejects.toMatchObject({ code: 'payments/refused' })
  const hashes = (await Promise.all(sent)).map(({ transactionHash }) => transactionHash)
  expect(new Set(hashes).size).toBe(3)
  expect(await chain.reader.getTransactionCount({ address: account.address })).toBe(3)
})
