/**
 * Signs that this browser has joined before, which are read without the SDK.
 * @module
 */
import { readPreference, readShownChat } from './preferences.ts'

const signs = ['hasJoined', 'served', 'verified', 'hasCourt', 'hasEarned'] as const

/** @returns whether somebody left work, cases, earnings or a conversation here */
export function leftSomething(): boolean {
  return readShownChat() !== null || signs.some((name) => readPreference(name))
}

/** The history may outlast every choice. @returns whether this origin has a database; false where none tells */
export async function keepsSomething(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).length > 0
  } catch {
    return false
  }
}
