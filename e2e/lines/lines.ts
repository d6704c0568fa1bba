/**
 * Namespaces with lines of any quality between them, see switchboard.py.
 * @module
 */
import { execFileSync } from 'node:child_process'
import { accessSync, chmodSync, constants, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../processes.ts'

/** Between any two places, one way; what is left out is as before. */
export type Rules = { loss?: number; delayMs?: number; cut?: [string, string][] }

export type Place = {
  address: string
  /** The command that runs another one there. */
  enter: [command: string, ...args: string[]]
}

export type Lines = {
  place(name: string): Place
  set(rules: Rules): void
  /** Gives a place another address; its connections still have the old one. */
  move(name: string, address: string): void
  close(): Promise<void>
}

const switchboard = fileURLToPath(new URL('switchboard.py', import.meta.url))
const python = '/usr/bin/python3'

/** @returns why there can be no lines on this machine, or null */
export function findObstacle(): string | null {
  if (process.platform !== 'linux') return 'It needs Linux with network namespaces.'
  if (process.getuid?.() !== 0) return 'It needs root, for network namespaces of its own.'
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK)
    accessSync(python, constants.X_OK)
    execFileSync('unshare', ['--net', 'ip', 'link'], { stdio: 'ignore' })
    return null
  } catch {
    return 'It needs /dev/net/tun, python3, and the commands unshare, nsenter and ip.'
  }
}

export async function openLines(names: string[]): Promise<Lines> {
  const running = run(python, [switchboard, ...names], { stdin: 'pipe' })
  const places: Record<string, { namespace: string; address: string }> = JSON.parse(
    await running.line('namespace'),
  )
  const place = (name: string): Place => {
    const found = places[name]
    if (!found) throw new Error(`There is no place "${name}".`)
    return { address: found.address, enter: ['nsenter', `--net=${found.namespace}`] }
  }
  const configure = (name: string, args: string) => {
    const [command, ...rest] = place(name).enter
    execFileSync(command, [...rest, 'ip', ...args.split(' ')])
  }
  return {
    place,
    set: (rules) => void running.child.stdin?.write(`${JSON.stringify(rules)}\n`),
    move(name, address) {
      const before = place(name).address
      configure(name, `addr del ${before}/24 dev eth0`)
      configure(name, `addr add ${address}/24 dev eth0`)
      configure(name, 'route replace default dev eth0')
      places[name] = { namespace: places[name]?.namespace ?? '', address }
    },
    close: async () => void (await running.end()),
  }
}

/** @returns an executable that runs `command` at that place, for who takes no arguments before it */
export function commandAt({ enter }: Place, command: string, folder: string, name: string): string {
  const file = join(folder, `at-${name}`)
  writeFileSync(file, `#!/bin/sh\nexec ${enter.join(' ')} ${command} "$@"\n`)
  chmodSync(file, 0o755)
  return file
}
