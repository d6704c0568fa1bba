/**
 * What a chain answers, as the rest of Weft takes it.
 * @module
 */
import type { Hex } from '@weft/protocol'
import { chainError } from './chain-errors.ts'

/** @throws WeftError for whatever viem has thrown */
export async function asking<Result>(answer: Promise<Result>): Promise<Result> {
  try {
    return await answer
  } catch (error) {
    throw chainError(error)
  }
}

export function lowerCase(address: Hex): Hex {
  return address.toLowerCase() as Hex
}
