/**
 * How answers are made, as the person typed it: kept as it is, valid or not.
 * @module
 */
export type AnswerSettings = {
  temperature: string
  topP: string
  minP: string
  repetitionPenalty: string
  maxTokens: string
  /** One text a line; `\n` in it stands for a line break. */
  stop: string
  /** `text`, `json` or `json-schema`. */
  form: string
  /** JSON Schema, read only under `json-schema`. */
  schema: string
  /** What to do with a conversation that is too long: `slide` or `error`. */
  overflow: string
  /** How far it is checked: `signed`, `sampled`, `always` or `quorum`. */
  grade: string
  /** Tabs that answer at once, read only under `quorum`. */
  quorum: string
}

export type SettingName = keyof AnswerSettings

/** What is wrong, by setting, in sentences for the person. */
export type SettingProblems = Partial<Record<SettingName, string>>

export const initialSettings: AnswerSettings = {
  temperature: '0.7',
  topP: '0.95',
  minP: '0',
  repetitionPenalty: '1',
  maxTokens: '256',
  stop: '',
  form: 'text',
  schema: '',
  overflow: 'slide',
  grade: 'sampled',
  quorum: '2',
}

/** How many differ from the defaults. */
export function countChanged(settings: AnswerSettings): number {
  const names = Object.keys(initialSettings) as SettingName[]
  const isRead = (name: SettingName) => name !== 'schema' && name !== 'quorum'
  return names.filter((name) => settings[name] !== initialSettings[name] && isRead(name)).length
}

/** For a price beforehand; 1 where what is typed is no quorum. */
export function tabsAtOnce({ grade, quorum }: AnswerSettings): number {
  const tabs = Number(quorum)
  return grade === 'quorum' && Number.isInteger(tabs) && tabs > 1 ? Math.min(tabs, 5) : 1
}
