#!/usr/bin/env node
/**
 * Speaks forge's two questions to a native solc (`--version`, `--standard-json`) and answers with the
 * compiler from npm, so that contracts build from `npm ci` alone, on any platform, offline.
 */
import { readFileSync, writeSync } from 'node:fs'
import solc from 'solc'

if (process.argv.includes('--version')) {
  // Forge parses a native build's version line; Emscripten's own platform suffix is not one it knows.
  print(
    `solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace('Emscripten.clang', 'Linux.g++')}\n`,
  )
} else if (process.argv.includes('--standard-json')) {
  print(solc.compile(readFileSync(0, 'utf8')))
} else {
  process.stderr.write(`solc.mjs answers --version and --standard-json only\n`)
  process.exitCode = 1
}

/** Writes all of it before the process may end, also into a pipe that is slow to empty. */
function print(text) {
  const bytes = Buffer.from(text)
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(1, bytes, offset)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}
