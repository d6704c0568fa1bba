/**
 * What stands under an answer, in German.
 * @module
 */
import type { RowWords } from '../row/stitches.ts'
import type { SummaryWords } from '../row/summary-words.ts'

const tabsWords = (tabs: number) => (tabs === 1 ? 'einem anderen Tab' : `${tabs} Tabs`)

/** @param text - with a number as English writes it, e.g. `1,234.50 WEFT` */
export function germanFigures(text: string): string {
  return text.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'))
}

export const germanSummary: SummaryWords = {
  thisDevice: 'dieses Gerät',
  peers: (count) => (count === 1 ? '1 Tab' : `${count} Tabs`),
  speed: (rate) => `${germanFigures(rate)} Token/s`,
  first: (seconds) => `${germanFigures(seconds)} bis zum ersten Token`,
  ends: {
    '': '',
    stop: '',
    length: 'an der Längengrenze beendet',
    cancelled: 'angehalten',
    failed: 'abgebrochen',
    interrupted: 'unterbrochen',
  },
  cost: germanFigures,
  free: 'umsonst',
  signed: 'unterschrieben',
  partlySigned: 'teils unterschrieben',
  notSigned: 'nicht unterschrieben',
  arriving: 'kommt gerade',
  signedWaiting: 'unterschrieben, wird geprüft',
  doubtful: 'nach einer Prüfung zweifelhaft',
  doubtfulWaiting: 'zweifelhaft, wird geprüft',
  checkedHere: 'auf diesem Gerät geprüft',
  differs: (token) => `ab Token ${token} anders`,
  part: (token) => `ab Token ${token} sind die Tabs uneins`,
  same: (tabs) => `dasselbe von ${tabs} Tabs`,
  passedBy: (tabs) => `von ${tabsWords(tabs)} geprüft`,
  failedBy: (tabs) => `nach ${tabsWords(tabs)} falsch`,
}

export const germanRow: RowWords = {
  textures: {
    arriving: 'kommt gerade, noch nicht unterschrieben',
    signed: 'unterschrieben',
    recomputed: 'auf diesem Gerät geprüft',
    verified: 'von einem anderen Tab geprüft',
    double: 'dasselbe von mehreren Tabs',
    torn: 'ein anderer Tab sagt etwas anderes',
    loose: 'nicht unterschrieben',
    local: 'auf diesem Gerät gerechnet',
  },
  tokens: (from, to) => (from === to ? `Token ${to}` : `Token ${from} bis ${to}`),
  after: (seconds) => `nach etwa ${germanFigures(seconds)} s`,
  madeHere: 'Auf diesem Gerät gerechnet',
  servedBy: (peers) => `Von ${peers === 1 ? 'einem Tab' : `${peers} Tabs`} beantwortet`,
  partlySigned: 'teils unterschrieben',
  arriving: 'kommt gerade',
  ends: {
    whole: 'vollständig',
    length: 'an der Längengrenze beendet',
    stopped: 'angehalten',
    cutOff: 'abgebrochen',
  },
}
