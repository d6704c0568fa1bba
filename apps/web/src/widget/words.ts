/**
 * What the frame says, by language. A language that is not here gets English.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'
import { errorWords } from '../chat/error-words.ts'
import { runSentence } from '../playground/run-words.ts'
import { englishRow } from '../row/stitches.ts'
import { englishSummary } from '../row/summary-words.ts'
import type { ShownError } from '../ui/error-note.tsx'
import { germanErrorWords } from './german-errors.ts'
import { germanRunSentence } from './german-run.ts'
import { germanFigures, germanRow, germanSummary } from './german-summary.ts'
import type { Permission } from './permission.ts'

export type FrameWords = typeof english

const english = {
  by: 'answered through Weft',
  newChat: 'New conversation',
  settings: 'Settings',
  close: 'Close',
  prompt: 'Prompt',
  placeholder: 'Ask something',
  send: 'Send',
  stop: 'Stop',
  empty: 'Nothing asked yet.',
  conversation: 'Conversation',
  you: 'You asked',
  pageAsked: (host: string) => `${host} asked`,
  answering: 'Answering.',
  answered: 'Answered.',
  wantsTitle: (host: string) => `${host} would like to answer you with a model`,
  wantsText: (model: string) =>
    `The model is ${model}. This frame belongs to Weft: the page around it cannot read it, and nothing happens before you allow it.`,
  windowText: (model: string) =>
    `The model is ${model}. This is a window of Weft: the page that asks cannot reach it, and nothing happens before you allow it.`,
  who: 'Who computes the answers?',
  network: 'Other people’s tabs',
  networkNote:
    'They read what you ask, and see this device’s internet address. Only tabs that answer for nothing are asked.',
  networkPaid: (host: string) =>
    `They read what you ask, and see this device’s internet address. ${host} pays those that ask for money.`,
  device: 'This device alone',
  deviceNote: (size: string, isKept: boolean) =>
    `Fetches ${size}, kept for ${isKept ? 'this site' : 'this visit'}, then uses your graphics card or processor. What you ask stays here.`,
  allow: 'Allow',
  decline: 'Not now',
  remembered: (host: string) =>
    `Weft remembers this for ${host}. Under Settings you can change it.`,
  forgotten:
    'This browser lets Weft keep nothing inside other pages: all of this, its key too, lasts for this visit, and no wallet can pay here.',
  unsure:
    'Weft cannot be sure that you see this as it is: the page around may cover or change it. Decide in a window of Weft’s own.',
  decideApart: 'Decide in a window of Weft',
  noWindow: 'The browser opened no window. Allow it for this page, or open Weft itself.',
  notSeen: 'This was not in full sight long enough. Please press again.',
  waits: 'It waits for this:',
  may: {
    network: 'Other people’s tabs answer here.',
    device: 'This device answers here, alone.',
  } satisfies Record<Permission['compute'], string>,
  paidBy: {
    nobody: 'Nobody pays here: only tabs that answer for nothing are asked.',
    sponsor: (host: string, amount: string) => `${host} pays for you here, up to ${amount}.`,
    wallet: (amount: string) => `Your wallet pays here, up to ${amount} in all.`,
  },
  letWalletPay: 'Let a wallet pay, on Weft’s own site',
  compareKey: 'Set a limit there only if it shows this key:',
  lookingForWallet: 'Waiting for the wallet. Come back here when it is done.',
  askForMoney: (host: string) => `${host} would ask this, and your wallet would pay for it:`,
  askIt: 'Ask it',
  forget: 'Change or forget this',
  contribute: 'Answer for others while this page is open',
  contributeOn: (host: string) => `Answer for others while ${host} is open?`,
  contributeNote:
    'Uses your graphics card or processor, and fetches the model. Off unless you switch it on.',
  openWeft: 'Open Weft',
  windowTitle: 'A page asks you',
  askAgain: 'Ask again',
  /** What an answer waits for. */
  waiting: runSentence,
  /** What stands under an answer. */
  summary: englishSummary,
  row: englishRow,
  failure: frameErrorWords,
}

/** Where the site has a button for this device, the frame has its settings. */
function frameErrorWords(error: WeftErrorData): ShownError {
  const { title, advice, detail, remedies } = errorWords(error)
  const isElsewhere = remedies.includes('local')
  return {
    title,
    detail,
    advice: isElsewhere ? 'Ask again, or choose this device under Settings.' : advice,
  }
}

const german: FrameWords = {
  by: 'beantwortet über Weft',
  newChat: 'Neues Gespräch',
  settings: 'Einstellungen',
  close: 'Schließen',
  prompt: 'Frage',
  placeholder: 'Etwas fragen',
  send: 'Senden',
  stop: 'Anhalten',
  empty: 'Noch nichts gefragt.',
  conversation: 'Gespräch',
  you: 'Sie fragten',
  pageAsked: (host) => `${host} fragte`,
  answering: 'Die Antwort kommt.',
  answered: 'Beantwortet.',
  wantsTitle: (host) => `${host} möchte Ihnen mit einem Modell antworten`,
  wantsText: (model) =>
    `Das Modell ist ${model}. Dieser Rahmen gehört Weft: Die Seite darum kann ihn nicht lesen, und nichts geschieht, bevor Sie es erlauben.`,
  windowText: (model) =>
    `Das Modell ist ${model}. Dies ist ein Fenster von Weft: Die fragende Seite erreicht es nicht, und nichts geschieht, bevor Sie es erlauben.`,
  who: 'Wer rechnet die Antworten?',
  network: 'Tabs anderer Leute',
  networkNote:
    'Sie lesen, was Sie fragen, und sehen die Internetadresse dieses Geräts. Gefragt werden nur Tabs, die umsonst antworten.',
  networkPaid: (host) =>
    `Sie lesen, was Sie fragen, und sehen die Internetadresse dieses Geräts. Wer Geld verlangt, wird von ${host} bezahlt.`,
  device: 'Dieses Gerät allein',
  deviceNote: (size, isKept) =>
    `Lädt ${germanFigures(size)}, die für ${isKept ? 'diese Website' : 'diesen Besuch'} behalten werden, und nutzt dann Ihre Grafikkarte oder Ihren Prozessor. Was Sie fragen, bleibt hier.`,
  allow: 'Erlauben',
  decline: 'Jetzt nicht',
  remembered: (host) =>
    `Weft merkt sich das für ${host}. Unter Einstellungen lässt es sich ändern.`,
  forgotten:
    'Dieser Browser lässt Weft in fremden Seiten nichts behalten: All dies, auch der Schlüssel, gilt für diesen Besuch, und keine Wallet kann hier bezahlen.',
  unsure:
    'Weft kann nicht sicher sein, dass Sie dies so sehen, wie es ist: Die Seite darum könnte es verdecken oder verändern. Entscheiden Sie in einem eigenen Fenster von Weft.',
  decideApart: 'In einem Fenster von Weft entscheiden',
  noWindow:
    'Der Browser hat kein Fenster geöffnet. Erlauben Sie es für diese Seite, oder öffnen Sie Weft selbst.',
  notSeen: 'Das war nicht lange genug ganz zu sehen. Bitte noch einmal drücken.',
  waits: 'Darauf wartet:',
  may: {
    network: 'Hier antworten Tabs anderer Leute.',
    device: 'Hier antwortet dieses Gerät, allein.',
  },
  paidBy: {
    nobody: 'Hier bezahlt niemand: Gefragt werden nur Tabs, die umsonst antworten.',
    sponsor: (host, amount) => `Hier bezahlt ${host} für Sie, bis zu ${germanFigures(amount)}.`,
    wallet: (amount) => `Hier bezahlt Ihre Wallet, insgesamt bis zu ${germanFigures(amount)}.`,
  },
  letWalletPay: 'Eine Wallet bezahlen lassen, auf Wefts eigener Seite',
  compareKey: 'Setzen Sie dort nur dann eine Grenze, wenn dieser Schlüssel dasteht:',
  lookingForWallet: 'Warten auf die Wallet. Kommen Sie zurück, wenn es getan ist.',
  askForMoney: (host) => `${host} möchte dies fragen, und Ihre Wallet würde es bezahlen:`,
  askIt: 'Fragen',
  forget: 'Ändern oder vergessen',
  contribute: 'Für andere antworten, solange diese Seite offen ist',
  contributeOn: (host) => `Für andere antworten, solange ${host} offen ist?`,
  contributeNote:
    'Nutzt Ihre Grafikkarte oder Ihren Prozessor und lädt das Modell. Aus, solange Sie es nicht einschalten.',
  openWeft: 'Weft öffnen',
  windowTitle: 'Eine Seite fragt Sie',
  askAgain: 'Noch einmal fragen',
  waiting: germanRunSentence,
  summary: germanSummary,
  row: germanRow,
  failure: germanErrorWords,
}

const byLanguage: Record<string, FrameWords> = { en: english, de: german }

/** @param lang - BCP 47. @returns the words, and the language that they are in */
export function frameWords(lang: string): { words: FrameWords; language: string } {
  const language = lang.toLowerCase().split('-')[0] ?? ''
  const words = byLanguage[language]
  return words ? { words, language } : { words: english, language: 'en' }
}
