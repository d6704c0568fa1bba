import {
  type Abi,
  type Account,
  createPublicClient,
  createWalletClient,
  encodeAbiParameters,
  type Hex,
  http,
  keccak256,
  nonceManager,
  parseEther,
  parseSignature,
  signatureToCompactSignature,
  toHex,
} from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Anvil, startAnvil } from './anvil.ts'
import { type Deployed, deployContracts, developmentParameters } from './deploy.ts'
import {
  channelsAbi,
  channelsDomain,
  type Deployment,
  modelsAbi,
  permitTypes,
  receiveTypes,
  tokenAbi,
  tokenDomain,
  voucherTypes,
} from './index.ts'
import { rehearseDeployment } from './rehearse.ts'

type Call = { address: Hex; abi: Abi; functionName: string; args: readonly unknown[] }

type Voucher = { channelId: Hex; maxClaimableAmount: bigint; r: Hex; vs: Hex }

const lanes = 50
const cap = parseEther('2')
const bond = cap / 10n
const deployer = mnemonicToAccount('test test test test test test test test test test test junk', {
  nonceManager,
})
const pool = (index: number) => `0x${index.toString(16).padStart(40, '0')}` as const

let anvil: Anvil
let deployment: Deployment
let clients: ReturnType<typeof createClients>
let model: Hex

function createClients(url: string) {
  const transport = http(url)
  return {
    wallet: createWalletClient({ account: deployer as Account, chain: foundry, transport }),
    reader: createPublicClient({ chain: foundry, transport, pollingInterval: 10 }),
  }
}

beforeAll(async () => {
  anvil = await startAnvil()
  clients = createClients(anvil.url)
  const parameters = developmentParameters(deployer.address)
  const pools = {
    ...parameters.pools,
    ...{ commons: pool(0xb), treasury: pool(0xc) },
  }
  deployment = await deployContracts(clients, { ...parameters, pools, disputePeriod: 0n })
  model = keccak256(toHex('model'))
  await send({
    address: deployment.models,
    abi: modelsAbi,
    functionName: 'publish',
    args: [`0x01711220${model.slice(2)}`, 'Apache-2.0', 500],
  })
})
afterAll(() => anvil.stop())

test('a permit opens a channel in one transaction of at most 150,000 gas', async () => {
  const payer = privateKeyToAccount(generatePrivateKey())
  await send({ ...token(), functionName: 'transfer', args: [payer.address, cap + bond] })
  const deadline = await soon()
  const permit = parseSignature(
    await payer.signTypedData({
      domain: tokenDomain({ chainId: foundry.id, address: deployment.token }),
      types: permitTypes,
      primaryType: 'Permit',
      message: {
        owner: payer.address,
        spender: deployment.channels,
        value: cap + bond,
        nonce: 0n,
        deadline,
      },
    }),
  )
  const signer = privateKeyToAccount(generatePrivateKey())
  const { gasUsed } = await send(
    {
      ...channels(),
      functionName: 'open',
      args: [
        cap + bond,
        { salt: toHex(0, { size: 32 }), signer: signer.address, cap, expiry: deadline },
        { deadline, v: 27 + permit.yParity, r: permit.r, s: permit.s },
      ],
    },
    payer,
  )
  expect(await balanceOf(payer.address)).toBe(0n)
  expect(gasUsed).toBeLessThanOrEqual(150_000n)
})

test('fifty payers without gas, one node, batches: every balance to the wei, at most 35,000 gas a lane', async () => {
  const node = privateKeyToAccount(generatePrivateKey()).address
  const [another, ...payers] = await Promise.all(
    Array.from({ length: 1 + lanes }, () => openSponsored()),
  )
  const batches: bigint[] = []
  const redeem = async (vouchers: Voucher[], worth: bigint) => {
    const before = await channelsBalances(node)
    const { gasUsed } = await send({
      ...channels(),
      functionName: 'redeem',
      args: [node, model, vouchers],
    })
    // Royalty and pools round down, the node gets the rest.
    const royalty = (worth * 500n) / 10_000n
    const toPools = (worth * 800n) / 10_000n
    const after = await channelsBalances(node)
    expect(after.map((balance, index) => balance - (before[index] ?? 0n))).toEqual([
      worth - royalty - toPools,
      royalty,
      toPools,
    ])
    batches.push(toPools)
    return Number(gasUsed) / vouchers.length
  }
  const redeemAll = async (amountOf: (index: number) => bigint, worth: bigint) => {
    const vouchers = payers.map(({ sign }, index) => sign(node, amountOf(index)))
    return redeem(await Promise.all(vouchers), worth)
  }
  const sum = (amountOf: (index: number) => bigint) =>
    payers.reduce((total, _, index) => total + amountOf(index), 0n)

  // A node that has earned before, as most have: what follows are fifty new lanes, then the same ones again.
  if (another) await redeem([await another.sign(node, 12_345n)], 12_345n)
  const first = (index: number) => parseEther('0.01') + BigInt(index)
  const second = (index: number) => 2n * first(index) + 1n
  expect(await redeemAll(first, sum(first))).toBeLessThanOrEqual(35_000)
  expect(await redeemAll(second, sum(second) - sum(first))).toBeLessThanOrEqual(20_000)

  await send({ ...channels(), functionName: 'distribute', args: [] })
  const pooled = batches.reduce((total, amount) => total + amount)
  const toAudit = (pooled * 200n) / 800n
  const toCommons = (pooled * 300n) / 800n
  expect(await balances([deployment.verdicts, pool(0xb), pool(0xc)])).toEqual([
    toAudit,
    toCommons,
    pooled - toAudit - toCommons,
  ])
})

test('a rehearsal says what a deployment does and takes, and sends nothing', async () => {
  const parameters = developmentParameters(deployer.address)
  const account = privateKeyToAccount(generatePrivateKey())
  const { address } = account
  const rehearsed = await rehearseDeployment({
    rpcUrl: anvil.url,
    chainId: foundry.id,
    account,
    parameters,
  })
  expect(await clients.reader.getTransactionCount({ address })).toBe(0)
  expect(await clients.reader.getBalance({ address })).toBe(0n)
  const hash = await clients.wallet.sendTransaction({ to: address, value: parseEther('1') })
  await clients.reader.waitForTransactionReceipt({ hash })
  const wallet = createWalletClient({ account, chain: foundry, transport: http(anvil.url) })
  const deployed: Deployed[] = []
  await deployContracts({ ...clients, wallet }, parameters, (each) => deployed.push(each))
  expect(deployed).toEqual(rehearsed)
})

/** Sends a transaction as the deployer, or as `account`, which is given ether, and waits for it. */
async function send(call: Call, account: Account = deployer) {
  if (account !== deployer) {
    const hash = await clients.wallet.sendTransaction({
      to: account.address,
      value: parseEther('1'),
    })
    await clients.reader.waitForTransactionReceipt({ hash })
  }
  const hash = await clients.wallet.writeContract({ ...call, account })
  const receipt = await clients.reader.waitForTransactionReceipt({ hash })
  expect(receipt.status).toBe('success')
  return receipt
}

/** A payer that has tokens and no ether: its one signature opens the channel, the deployer sends it. */
async function openSponsored() {
  const payer = privateKeyToAccount(generatePrivateKey())
  const signer = privateKeyToAccount(generatePrivateKey())
  const salt = toHex(7, { size: 32 })
  await send({ ...token(), functionName: 'transfer', args: [payer.address, cap + bond] })
  const validBefore = await soon()
  const authorization = { salt, signer: signer.address, cap, expiry: validBefore }
  const entropy = generatePrivateKey()
  const nonce = await clients.reader.readContract({
    ...channels(),
    functionName: 'openingNonce',
    args: [authorization, entropy],
  })
  const { yParity, r, s } = parseSignature(
    await payer.signTypedData({
      domain: tokenDomain({ chainId: foundry.id, address: deployment.token }),
      types: receiveTypes,
      primaryType: 'ReceiveWithAuthorization',
      message: {
        from: payer.address,
        to: deployment.channels,
        value: cap + bond,
        validAfter: 0n,
        validBefore,
        nonce,
      },
    }),
  )
  await send({
    ...channels(),
    functionName: 'openFor',
    args: [
      payer.address,
      cap + bond,
      authorization,
      { validAfter: 0n, validBefore, entropy, v: 27 + yParity, r, s },
    ],
  })
  const channelId = keccak256(
    encodeAbiParameters([{ type: 'address' }, { type: 'bytes32' }], [payer.address, salt]),
  )
  const sign = async (payee: Hex, maxClaimableAmount: bigint) => {
    const signature = await signer.signTypedData({
      domain: channelsDomain({ chainId: foundry.id, address: deployment.channels }),
      types: voucherTypes,
      primaryType: 'Voucher',
      message: { channelId, payee, model, maxClaimableAmount },
    })
    const { r, yParityAndS: vs } = signatureToCompactSignature(parseSignature(signature))
    return { channelId, maxClaimableAmount, r, vs }
  }
  return { sign }
}

/** Of the node, of the publisher, and what has gathered for the pools. */
async function channelsBalances(node: Hex): Promise<bigint[]> {
  const pooled = clients.reader.readContract({ ...channels(), functionName: 'pooled' })
  return [...(await balances([node, deployer.address])), await pooled]
}

function balances(accounts: Hex[]): Promise<bigint[]> {
  return Promise.all(
    accounts.map((account) =>
      clients.reader.readContract({ ...channels(), functionName: 'balances', args: [account] }),
    ),
  )
}

function balanceOf(account: Hex): Promise<bigint> {
  return clients.reader.readContract({
    ...token(),
    functionName: 'balanceOf',
    args: [account],
  })
}

async function soon(): Promise<bigint> {
  const { timestamp } = await clients.reader.getBlock()
  return timestamp + 3_600n
}

function token() {
  return { address: deployment.token, abi: tokenAbi }
}

function channels() {
  return { address: deployment.channels, abi: channelsAbi }
}
