import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'
import { runGateway } from './run-gateway.ts'

const needed = ['--relay', '/ip4/127.0.0.1/tcp/1/ws', '--models', 'http://127.0.0.1:1/models/']

test('without a configuration it answers this machine alone', async () => {
  const options = parseOptions([...needed, '--host', '0.0.0.0'])
  await expect(runGateway(options, () => {})).rejects.toMatchObject({ code: 'gateway/config' })
})

test('a configuration that says something wrong is refused by the name of the line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-gateway-'))
  const config = join(folder, 'gateway.json')
  const options = parseOptions([...needed, '--config', config])
  const cases = [
    ['{ "keys": [{ "name": "a", "sha256": "short" }] }', 'keys.0.sha256'],
    ['{ "key": [] }', 'key'],
    ['{ "sponsor": { "apps": {} } }', 'funding'],
    ['not json', 'JSON'],
  ] as const
  for (const [text, line] of cases) {
    await writeFile(config, text)
    const failure = await runGateway(options, () => {}).catch((error) => error)
    expect(failure.code).toBe('gateway/config')
    expect(failure.facts.join()).toContain(line)
  }
  await rm(folder, { recursive: true })
})

test('flags that are missing or wrong are said so', () => {
  for (const args of [[], needed.slice(2), needed.slice(0, 2), [...needed, '--port', '99999']]) {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'gateway/options' }))
  }
})
