/**
 * `weft verify`: whether a receipt is signed, is about the answer that comes with it, and is what its model says.
 * @module
 */
import { checkHash, checkSharedAnswer, type Receipt, receiptHash, WeftError } from '@weft/protocol'
import { createClient, fromShared } from '@weft/sdk'
import { serveModels } from './models-server.ts'
import { readReceipt } from './read-receipt.ts'
import { readArgs, runCommand } from './tell.ts'

const usage = `Usage: weft verify <receipt> [options]

  <receipt>        the header weft-receipt of a gateway's answer, the address of one
                   (https://gateway/v1/receipts/ID), a link to a shared answer, or a file with one of these or
                   with the JSON that a Receipt panel copies

  --key <key>      API key, where a gateway asks for one
  --models <url>   the models folder of a site (default: those of this repository)
  --no-recompute   checks signatures and hashes alone

Exit 0: all that could be checked is right. 1: something is false. 2: it could not be computed again.
3: there is no receipt to check.`

const falseCodes = ['protocol/receipt', 'protocol/signature']

runCommand(async () => {
  const { values, positionals } = readArgs(usage, {
    key: { type: 'string' },
    models: { type: 'string' },
    'no-recompute': { type: 'boolean', default: false },
  })
  const [text] = positionals
  if (!text) throw new WeftError('weft/options', 'Say which receipt.')
  const { receipt, shared } = await readReceipt(text, values.key)
  checkHash('receipt', receiptHash(receipt), {
    signature: receipt.signature,
    peerId: receipt.nodePeerId,
  })
  tellReceipt(receipt)
  if (!shared) {
    say('answer', 'not known: a receipt alone holds hashes. Give its address, or a shared link.')
    return
  }
  checkSharedAnswer(shared)
  say('answer', `${shared.text.length} characters, the signed ones: job, tokens and text fit`)
  if (values['no-recompute']) return
  const served = values.models ? undefined : await serveModels()
  const client = await createClient({ modelsUrl: values.models ?? served?.url ?? '', local: true })
  try {
    const { tokens, firstDifference } = await client.tab.client.recheck(fromShared(shared))
    const isSame = firstDifference === null
    say('recomputed', isSame ? `all ${tokens} tokens are the same` : differs(firstDifference))
    if (!isSame) process.exitCode = 1
  } catch (error) {
    const { message } = WeftError.from(error, 'weft/failed', 'It could not be computed.')
    say('recomputed', `no: ${message} --models names a site that has the model.`)
    process.exitCode = 2
  } finally {
    await client.close()
    await served?.stop()
  }
}, exitCodeOf)

function exitCodeOf({ code }: WeftError): number {
  return falseCodes.includes(code) ? 1 : 3
}

function differs(firstDifference: number): string {
  return `token ${firstDifference} differs. Another backend or device may round otherwise; see decision 40.`
}

function tellReceipt(receipt: Receipt): void {
  const { nodePeerId, modelCid, inputTokens, outputTokens, costWei, endedAtMs } = receipt
  say('signature', `right, by ${nodePeerId}`)
  say('model', modelCid)
  say('tokens', `${inputTokens} read, ${outputTokens} made from token ${receipt.firstToken} on`)
  say('cost', costWei === 0n ? 'nothing' : `${costWei} wei`)
  say('when', new Date(endedAtMs).toISOString())
}

function say(name: string, text: string): void {
  console.log(`  ${name.padEnd(12)} ${text}`)
}
