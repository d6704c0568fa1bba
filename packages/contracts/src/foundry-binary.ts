/**
 * Where npm put a tool of Foundry's. The script that npm links as its command loses the exit code (1.7.1): a
 * failing `forge test` would look as if it had passed, so what runs is the binary itself.
 * @module
 */
import { createRequire } from 'node:module'

const processors: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' }

/** @returns the path of the binary; @throws where npm has none for this platform */
export function foundryBinary(tool: 'anvil' | 'forge'): string {
  const require = createRequire(import.meta.url)
  // The package of the platform is a dependency of the tool's, wherever npm put that.
  const fromTool = createRequire(require.resolve(`@foundry-rs/${tool}/package.json`))
  const platform = `${process.platform}-${processors[process.arch] ?? process.arch}`
  const file = process.platform === 'win32' ? `${tool}.exe` : tool
  try {
    return fromTool.resolve(`@foundry-rs/${tool}-${platform}/bin/${file}`)
  } catch (cause) {
    throw new Error(`npm has installed no ${tool} for ${platform}.`, { cause })
  }
}
