/**
 * The few words that the element itself says; the frame has its own.
 * @module
 */

type LauncherWords = {
  ask: string
  close: string
  dialog: string
  /** In place of the frame, on a page that has no origin. */
  served: string
}

const words: Record<string, LauncherWords> = {
  en: {
    ask: 'Ask',
    close: 'Close',
    dialog: 'Ask a model',
    served: 'Open this page through http or https: in a file Weft cannot tell who asks.',
  },
  de: {
    ask: 'Fragen',
    close: 'Schließen',
    dialog: 'Ein Modell fragen',
    served:
      'Öffnen Sie diese Seite über http oder https: In einer Datei weiß Weft nicht, wer fragt.',
  },
  fr: {
    ask: 'Demander',
    close: 'Fermer',
    dialog: 'Interroger un modèle',
    served: 'Ouvrez cette page par http ou https : dans un fichier, Weft ne sait pas qui demande.',
  },
  es: {
    ask: 'Preguntar',
    close: 'Cerrar',
    dialog: 'Preguntar a un modelo',
    served: 'Abra esta página por http o https: en un archivo Weft no sabe quién pregunta.',
  },
}

/** @param lang - BCP 47; English for a language that is not there */
export function launcherWords(lang: string): LauncherWords {
  const found = words[lang.toLowerCase().split('-')[0] ?? '']
  return found ?? (words.en as LauncherWords)
}
