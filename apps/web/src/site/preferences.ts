/**
 * Choices that a browser keeps for the next visit. Without storage they last as long as the page.
 * @module
 */
import type { PausePolicy } from '@weft/sdk'
import { type AnswerSettings, initialSettings } from '../chat/answer-settings.ts'
import type { TypedPrice } from '../money/price-words.ts'

type Preferences = {
  /** This browser has joined the network before. */
  hasJoined: boolean
  /** Answer on this device only. */
  localOnly: boolean
  modelCid: string | null
  /** Serve was on when the page was left. */
  served: boolean
  /** Then it is switched on again by itself; else it is offered. */
  servesAgain: boolean
  servedModelCid: string | null
  /** While it serves a whole model, this tab also checks answers of it. */
  checksToo: boolean
  /** Verify was on when the page was left, alone or beside Serve. */
  verified: boolean
  /** Then it is switched on again by itself. */
  verifiesAgain: boolean
  /** This tab has been at court: cases may run. */
  hasCourt: boolean
  backend: string
  /** A number, or empty for as many as suit the device. */
  jobsAtOnce: string
  settings: AnswerSettings
  /** For a million tokens, as typed; empty asks only tabs that answer for nothing. */
  payAtMost: string
  /** For a million tokens, as typed: what this tab asks. */
  priceAsked: TypedPrice
  /** From so much on this tab redeems by itself, as typed; empty for a million tokens' worth. */
  redeemFrom: string
  /** This tab has asked for a price before, so there may be something to redeem. */
  hasEarned: boolean
}

const initial: Preferences = {
  hasJoined: false,
  localOnly: false,
  modelCid: null,
  served: false,
  servesAgain: false,
  servedModelCid: null,
  checksToo: true,
  verified: false,
  verifiesAgain: false,
  hasCourt: false,
  backend: 'auto',
  jobsAtOnce: '',
  settings: initialSettings,
  payAtMost: '',
  priceAsked: { input: '', output: '' },
  redeemFrom: '',
  hasEarned: false,
}

export function readPreference<Name extends keyof Preferences>(name: Name): Preferences[Name] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(`weft.${name}`) ?? 'null')
    return isLike(stored, initial[name]) ? stored : initial[name]
  } catch {
    return initial[name]
  }
}

export function writePreference<Name extends keyof Preferences>(
  name: Name,
  value: Preferences[Name],
): void {
  try {
    localStorage.setItem(`weft.${name}`, JSON.stringify(value))
  } catch {
    // Storage is full or forbidden: the choice lasts as long as the page.
  }
}

function isLike<Value>(stored: unknown, value: Value): stored is Value {
  if (value === null) return typeof stored === 'string'
  if (typeof stored !== typeof value) return false
  if (typeof value !== 'object') return true
  const fields = stored as Record<string, unknown> | null
  return (
    fields !== null && Object.entries(value).every(([name, each]) => isLike(fields[name], each))
  )
}

const pauseKey = 'weft.pause-policy'

/** As it was kept; whoever takes it has to check it. */
export function readPausePolicy(): unknown {
  try {
    return JSON.parse(localStorage.getItem(pauseKey) ?? 'null')
  } catch {
    return null
  }
}

export function writePausePolicy(policy: PausePolicy): void {
  try {
    localStorage.setItem(pauseKey, JSON.stringify(policy))
  } catch {
    // It lasts as long as the page.
  }
}

/** @param onChange - called when another tab has kept another one */
export function followPausePolicy(onChange: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === pauseKey) onChange()
  })
}

const shownChatKey = 'weft.shown-chat'

/** The conversation that this tab showed before its reload. */
export function readShownChat(): string | null {
  try {
    return sessionStorage.getItem(shownChatKey)
  } catch {
    return null
  }
}

export function writeShownChat(id: string | null): void {
  try {
    if (id) sessionStorage.setItem(shownChatKey, id)
    else sessionStorage.removeItem(shownChatKey)
  } catch {
    // Without storage a reload shows the start.
  }
}
