/**
 * `weft node`: a contributor without a browser.
 * @module
 */
import { WeftError } from '@weft/protocol'
import { createNode } from '@weft/sdk'
import { serveModels } from './models-server.ts'
import { readArgs, runCommand } from './tell.ts'

const usage = `Usage: weft node --relay <multiaddr> [options]    answers for others on this machine's processor

  --relay <multiaddr>   of the network to serve, as weft relay prints it; may be given several times (required)
  --model <name>        what to serve (default weft/bobbin-2m)
  --models <url>        the models folder of a site (default: those of this repository)
  --jobs <number>       answered at the same time (default: as many as decode in one step here)
  --verify              checks answers of others as well
  --state <folder>      key, accounts and model files (default .weft/node)

It answers for nothing and runs until it is stopped (Ctrl+C). For money answer in a page, under Contribute: what is
earned is redeemed there.`

runCommand(async () => {
  const { values } = readArgs(usage, {
    relay: { type: 'string', multiple: true, default: [] },
    model: { type: 'string', default: 'weft/bobbin-2m' },
    models: { type: 'string' },
    jobs: { type: 'string' },
    verify: { type: 'boolean', default: false },
    state: { type: 'string', default: '.weft/node' },
  })
  const { model, jobs } = values
  const maxJobs = jobs === undefined ? undefined : Number(jobs)
  if (values.relay.length === 0) throw new WeftError('weft/options', '--relay is missing.')
  if (maxJobs !== undefined && !(Number.isInteger(maxJobs) && maxJobs > 0)) {
    throw new WeftError('weft/options', `--jobs takes a whole number, not "${jobs}".`)
  }
  const served = values.models ? undefined : await serveModels()
  const node = await createNode({
    relays: values.relay,
    modelsUrl: values.models ?? served?.url ?? '',
    folder: values.state,
    roles: {
      serve: { model, ...(maxJobs === undefined ? {} : { maxJobs }) },
      ...(values.verify ? { verify: { model } } : {}),
    },
  })
  const stop = async () => {
    setTimeout(() => process.exit(0), 5_000).unref()
    await node.close()
    await served?.stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
  process.once('disconnect', () => void stop())
  const tellState = () => console.error(node.tab.node.state.get().sentence)
  node.tab.node.state.subscribe(tellState)
  tellState()
  console.log(JSON.stringify({ ready: true, peerId: node.peerId, model }))
})
