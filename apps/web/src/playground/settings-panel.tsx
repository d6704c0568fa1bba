import {
  type AnswerSettings,
  initialSettings,
  type SettingName,
  type SettingProblems,
} from '../chat/answer-settings.ts'
import { Button } from '../ui/button.tsx'
import { NumberField } from '../ui/number-field.tsx'
import { Select } from '../ui/select.tsx'
import { TextArea } from '../ui/text-area.tsx'
import { GradeFields } from './grade-fields.tsx'
import { RememberedPeers } from './remembered-peers.tsx'

type SettingsPanelProps = {
  id: string
  settings: AnswerSettings
  problems: SettingProblems
  /** Other tabs can tell whether answers are the chosen model's own. */
  canBeJudged: boolean
  /** This device answers, and nobody checks it. */
  isLocal: boolean
  onSettings: (settings: AnswerSettings) => void
}

const numbers = [
  { name: 'temperature', label: 'Temperature', step: 0.1, note: '0 always takes the likeliest' },
  { name: 'topP', label: 'Top-p', step: 0.05, note: '1 is off' },
  { name: 'minP', label: 'Min-p', step: 0.01, note: '0 is off' },
  { name: 'repetitionPenalty', label: 'Repetition penalty', step: 0.05, note: '1 is off' },
  { name: 'maxTokens', label: 'Longest answer', step: 1, note: 'In tokens' },
] as const

const forms = [
  ['text', 'Any text'],
  ['json', 'JSON'],
  ['json-schema', 'JSON by a schema'],
] as const

const overflows = [
  ['slide', 'Leave out the oldest turns'],
  ['error', 'Ask me'],
] as const

/** How answers are made. What is wrong is told beside its field and stays as it was typed. */
export function SettingsPanel(props: SettingsPanelProps) {
  const { id, settings, problems, canBeJudged, isLocal, onSettings } = props
  const set = (name: SettingName) => (value: string) => onSettings({ ...settings, [name]: value })
  return (
    <section
      id={id}
      aria-label="Settings"
      className="-mx-1 mt-1 grid max-h-[45dvh] gap-4 overflow-y-auto px-1 pt-1 pb-1"
    >
      {!isLocal && (
        <GradeFields
          settings={settings}
          problem={problems.quorum}
          canBeJudged={canBeJudged}
          onGrade={set('grade')}
          onQuorum={set('quorum')}
        />
      )}
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-5">
        {numbers.map(({ name, ...rest }) => (
          <NumberField
            key={name}
            {...rest}
            value={settings[name]}
            problem={problems[name]}
            onChange={set(name)}
          />
        ))}
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Select
          label="Form of the answer"
          value={settings.form}
          options={forms}
          disabled={false}
          onChange={set('form')}
        />
        <Select
          label="When the conversation is too long"
          value={settings.overflow}
          options={overflows}
          disabled={false}
          onChange={set('overflow')}
        />
      </div>
      {settings.form === 'json-schema' && (
        <TextArea
          label="JSON Schema"
          value={settings.schema}
          note="The answer can only be what this describes."
          problem={problems.schema}
          placeholder='{"type": "object", "properties": {"sum": {"type": "integer"}}}'
          onChange={set('schema')}
        />
      )}
      <TextArea
        label="Stop texts"
        value={settings.stop}
        note="One a line; \n stands for a line break. The answer ends before the first of them."
        problem={problems.stop}
        onChange={set('stop')}
      />
      <div className="-ml-2">
        <Button kind="quiet" onClick={() => onSettings(initialSettings)}>
          Back to the defaults
        </Button>
      </div>
      <RememberedPeers />
    </section>
  )
}
