/**
 * What went wrong and what to do, in German: by the error's code where a visitor is likely to meet it, else by the
 * room that it comes from, with the error's own English sentence behind it.
 * @module
 */
import type { WeftErrorData } from '@weft/protocol'
import type { ShownError } from '../ui/error-note.tsx'

type Words = readonly [title: string, advice: string]

const device =
  'Unter Einstellungen lässt sich dieses Gerät wählen; oder fragen Sie später noch einmal.'
const again = 'Fragen Sie noch einmal.'
const kept = 'Was angekommen ist, bleibt stehen. Fragen Sie noch einmal.'
const limit = 'Erhöhen Sie die Grenze auf Wefts eigener Seite, über die Einstellungen.'
const reload = 'Laden Sie die Seite neu.'

const byCode: Record<string, Words> = {
  'sdk/no-nodes': ['Kein anderer Tab bietet dieses Modell gerade an.', device],
  'sdk/too-dear': ['Kein Tab antwortet zu dem Preis, der hier erlaubt ist.', device],
  'sdk/only-false': [
    'Die Tabs, die gerade antworten, haben schon einmal falsch geantwortet.',
    device,
  ],
  'sdk/busy': ['Alle Tabs sind beschäftigt.', device],
  'sdk/payment-needed': ['Alle Tabs verlangen Geld, und hier bezahlt niemand.', device],
  'network/offline': [
    'Kein Relay ist erreichbar, deshalb findet sich kein anderer Tab.',
    'Es wird weiter versucht. Unter Einstellungen lässt sich dieses Gerät wählen.',
  ],
  'network/node-lost': ['Der Tab, der geantwortet hat, ist nicht mehr da.', kept],
  'network/stalled': ['Der Tab, der geantwortet hat, sendet nichts mehr.', kept],
  'network/refused': ['Der Tab hat die Frage nicht angenommen.', again],
  'network/unreachable': [
    'Kein Tab, der antwortet, ist zu erreichen; vielleicht ist eine Firewall dazwischen.',
    device,
  ],
  'network/timeout': ['Kein Tab hat rechtzeitig geantwortet.', again],
  'network/node-failed': ['Der Tab konnte nicht antworten.', again],
  'protocol/receipt': ['Die Quittung passt nicht zur Antwort: Trauen Sie ihr nicht.', again],
  'protocol/signature': ['Eine Unterschrift der Antwort ist falsch: Trauen Sie ihr nicht.', again],
  'protocol/too-large': ['Die Frage ist zu lang.', 'Kürzen Sie sie.'],
  'engine/prompt-too-long': [
    'Das Gespräch ist zu lang für dieses Modell.',
    'Kürzen Sie die Frage, oder beginnen Sie ein neues Gespräch.',
  ],
  'engine/out-of-memory': [
    'Der Speicher dieses Geräts reicht nicht.',
    'Schließen Sie andere Tabs, und fragen Sie noch einmal.',
  ],
  'engine/self-test': [
    'Dieses Gerät rechnet das Modell nicht richtig, also antwortet es nicht.',
    'Unter Einstellungen lassen sich Tabs anderer Leute wählen.',
  ],
  'engine/device-lost': ['Der Browser hat die Grafikkarte verloren.', again],
  'engine/crashed': ['Die Berechnung ist abgestürzt.', `Sie beginnt von vorn. ${again}`],
  'storage/download': [
    'Das Modell ließ sich nicht laden.',
    'Prüfen Sie die Verbindung. Was angekommen ist, bleibt.',
  ],
  'storage/wrong-hash': ['Eine Datei des Modells ist verändert und wurde nicht benutzt.', again],
  'storage/no-space': ['Für das Modell ist kein Platz.', 'Schaffen Sie Platz auf dem Gerät.'],
  'payments/over-cap': ['Die Antwort könnte mehr kosten, als hier erlaubt ist.', limit],
  'payments/cap-used': ['Was hier erlaubt war, ist ausgegeben.', limit],
  'payments/key-expired': ['Die Erlaubnis, hier zu bezahlen, ist abgelaufen.', limit],
  'payments/no-funds': ['Die Wallet hat zu wenig hinterlegt.', limit],
  'widget/busy': ['Eine andere Antwort ist unterwegs.', 'Senden Sie die Frage danach noch einmal.'],
  'widget/no-model': [
    'Diese Seite möchte ein Modell, das Weft nicht führt.',
    'Sagen Sie es ihrem Betreiber.',
  ],
  'widget/no-storage': [
    'In fremden Seiten darf Weft hier nichts speichern, nicht einmal einen Schlüssel.',
    'Öffnen Sie Weft selbst, oder erlauben Sie Speicher für eingebettete Seiten.',
  ],
  'widget/no-hello': ['Die Seite um diesen Rahmen hat nicht gesagt, was sie möchte.', reload],
  'widget/insecure': [
    'Weft öffnet nur in Seiten, die über https kommen.',
    'Öffnen Sie Weft selbst.',
  ],
  'widget/nested': [
    'Diese Seite steckt selbst in einer anderen; dort öffnet Weft nicht.',
    'Öffnen Sie sie allein.',
  ],
}

export const germanErrorCodes: readonly string[] = Object.keys(byCode)

const byRoom: Record<string, Words> = {
  network: ['Zwischen den Tabs ist etwas misslungen.', again],
  protocol: ['Was der andere Tab gesendet hat, ist ungültig und wurde verworfen.', again],
  engine: ['Dieses Gerät konnte nicht rechnen.', again],
  storage: ['Das Modell konnte nicht bereitgestellt werden.', again],
  payments: ['Die Bezahlung ist misslungen.', limit],
  grants: ['Diese Seite bezahlt gerade nicht für ihre Besucher.', device],
}

const otherwise: Words = ['Etwas ist misslungen.', again]

export function germanErrorWords({ code, message, facts }: WeftErrorData): ShownError {
  const known = byCode[code]
  const [title, advice] = known ?? byRoom[code.split('/')[0] ?? ''] ?? otherwise
  const detail = known ? null : [message, ...facts].join(' ')
  return { title, advice, detail }
}
