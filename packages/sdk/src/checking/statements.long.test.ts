import { verdictsAbi } from '@weft/contracts'
import { createVerdictsWallet } from '@weft/payments/chain'
import { startDevelopmentChain } from '@weft/payments/testing'
import {
  addressFromPeerId,
  createPrivateKey,
  freePrice,
  type Hex,
  peerIdFromPrivateKey,
  randomBytes,
  receiptId,
  receiptOnChain,
  signReceipt,
  signVerdict,
} from '@weft/protocol'
import {
  BaseError,
  bytesToHex,
  ContractFunctionRevertedError,
  signatureToCompactSignature,
} from 'viem'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let chain: Awaited<ReturnType<typeof startDevelopmentChain>>
beforeAll(async () => {
  chain = await startDevelopmentChain()
})
afterAll(() => chain.stop())

const modelCid = 'bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'
const node = createPrivateKey()
const verifier = createPrivateKey()

const court = () => ({ address: chain.deployment.verdicts, abi: verdictsAbi }) as const

function receiptOf(channelId: Hex | null, endedAtMs: number) {
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
      costWei: 77n,
      channelId,
      prefillMs: 1,
      decodeMs: 1,
      endedAtMs,
    },
    node,
  )
}

/** Both parities are tried, as by whoever sends a signature to a contract: one of them names the signer. */
function compacts(signature: Uint8Array) {
  return [0, 1].map((yParity) => {
    const r = bytesToHex(signature.subarray(0, 32))
    const s = bytesToHex(signature.subarray(32))
    const { yParityAndS } = signatureToCompactSignature({ r, s, yParity })
    return { r, vs: yParityAndS }
  })
}

/** @returns the arguments of the contract's own error */
async function refusal(call: Promise<unknown>): Promise<readonly unknown[]> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const cause =
    error instanceof BaseError &&
    error.walk((each) => each instanceof ContractFunctionRevertedError)
  if (!(cause instanceof ContractFunctionRevertedError)) throw error ?? new Error('no refusal')
  return [cause.data?.errorName, ...(cause.data?.args ?? [])]
}

test.each([
  ['free', null],
  ['paid', `0x${'5a'.repeat(32)}`],
] as const)(
  'the contract knows a %s receipt by our id and its node by its signature',
  async (_name, channelId) => {
    const receipt = receiptOf(channelId, Date.now())
    const read = receiptOnChain(receipt)
    const said = { ...read, content: bytesToHex(read.content) }
    const [either, or] = compacts(receipt.signature)
    if (!either || !or) throw new Error('two parities')
    const id = await chain.reader.readContract({
      ...court(),
      functionName: 'receiptIdOf',
      args: [{ ...said, ...either }],
    })
    expect(id).toBe(bytesToHex(receiptId(receipt)))
    // Nobody has a stake: the refusal says whom the contract takes for the node.
    const told = [either, or].map((signature) =>
      refusal(
        chain.reader.simulateContract({
          ...court(),
          functionName: 'tell',
          args: [{ ...said, ...signature }],
        }),
      ),
    )
    const nodes = (await Promise.all(told)).map(([, address]) => String(address).toLowerCase())
    expect(nodes).toContain(addressFromPeerId(peerIdFromPrivateKey(node)))
  },
)

test('the contract knows a verdict by its court and its verifier by its signature', async () => {
  const { reader, deployment, chainId } = chain
  const epochSeconds = await reader.readContract({ ...court(), functionName: 'epochSeconds' })
  await chain.control.increaseTime({ seconds: Number(epochSeconds) })
  const sender = await chain.createWallet()
  const wallet = createVerdictsWallet(sender.clients)
  await wallet.record()
  await wallet.record()
  const epoch = await reader.readContract({ ...court(), functionName: 'lastEpoch' })
  const endedAtMs = (epoch * Number(epochSeconds) - 1) * 1000
  for (let tries = 0; tries < 400; tries += 1) {
    const receipt = receiptOf(null, endedAtMs)
    const id = receiptId(receipt)
    const isSampled = await reader.readContract({
      ...court(),
      functionName: 'isSampled',
      args: [bytesToHex(id), BigInt(epoch)],
    })
    if (!isSampled) continue
    const verdict = signVerdict(
      {
        verifierPeerId: peerIdFromPrivateKey(verifier),
        receiptId: id,
        isFalse: true,
        finding: randomBytes(32),
        court: { chainId, contract: deployment.verdicts.toLowerCase() as Hex },
      },
      verifier,
    )
    const read = receiptOnChain(receipt)
    const [signed] = compacts(receipt.signature)
    if (!signed) throw new Error('two parities')
    const said = { ...read, content: bytesToHex(read.content), ...signed }
    const refusals = compacts(verdict.signature).map((signature) =>
      refusal(
        reader.simulateContract({
          ...court(),
          functionName: 'payForCheck',
          args: [
            said,
            BigInt(epoch),
            { isFalse: true, finding: bytesToHex(verdict.finding), ...signature },
          ],
        }),
      ),
    )
    const signers = (await Promise.all(refusals)).map(([name, , signer]) => {
      expect(name).toBe('NotDrawn')
      return String(signer).toLowerCase()
    })
    expect(signers).toContain(addressFromPeerId(peerIdFromPrivateKey(verifier)))
    return
  }
  throw new Error('The lot fell on none of 400 receipts.')
})
