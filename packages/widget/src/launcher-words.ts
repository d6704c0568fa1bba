/**
 * The few words that the element itself says; the frame has its own.
 * @module
 */

type LauncherWords = { ask: string; close: string; dialog: string }

const words: Record<string, LauncherWords> = {
  en: { ask: 'Ask', close: 'Close', dialog: 'Ask a model' },
  de: { ask: 'Fragen', close: 'Schließen', dialog: 'Ein Modell fragen' },
  fr: { ask: 'Demander', close: 'Fermer', dialog: 'Interroger un modèle' },
  es: { ask: 'Preguntar', close: 'Cerrar', dialog: 'Preguntar a un modelo' },
}

/** @param lang - BCP 47; English for a language that is not there */
export function launcherWords(lang: string): LauncherWords {
  const found = words[lang.toLowerCase().split('-')[0] ?? '']
  return found ?? (words.en as LauncherWords)
}
