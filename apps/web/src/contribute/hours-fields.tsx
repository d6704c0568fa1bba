import type { Hours } from '@weft/sdk'
import { Field } from '../ui/field.tsx'
import { fromClock, hoursWords, toClock, weekdays, withDay } from './pause-words.ts'

type HoursFieldsProps = { hours: Hours; onHours: (hours: Hours) => void }

/** The hours of the week at which this tab serves. */
export function HoursFields({ hours, onHours }: HoursFieldsProps) {
  return (
    <div className="grid gap-3 pb-1 sm:pl-12">
      <div className="flex flex-wrap gap-3">
        <TimeField
          label="Serve from"
          minutes={hours.from}
          onMinutes={(from) => onHours({ ...hours, from })}
        />
        <TimeField label="to" minutes={hours.to} onMinutes={(to) => onHours({ ...hours, to })} />
      </div>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
        <legend className="text-xs text-ash">Beginning on</legend>
        {weekdays.map(([day, short, name]) => (
          <label key={day} className="flex min-h-9 items-center gap-1.5 text-sm">
            <input
              type="checkbox"
              aria-label={name}
              checked={hours.days.includes(day)}
              onChange={(event) => onHours(withDay(hours, day, event.target.checked))}
              className="size-4 accent-(--moss)"
            />
            {short}
          </label>
        ))}
      </fieldset>
      <p className={`text-xs ${hours.days.length === 0 ? 'text-weld' : 'text-ash'}`}>
        {hoursWords(hours)}
      </p>
    </div>
  )
}

function TimeField({
  label,
  minutes,
  onMinutes,
}: {
  label: string
  minutes: number
  onMinutes: (minutes: number) => void
}) {
  return (
    <Field label={label}>
      {(attributes) => (
        <input
          {...attributes}
          type="time"
          required
          value={toClock(minutes)}
          onChange={(event) => {
            const chosen = fromClock(event.target.value)
            if (chosen !== null) onMinutes(chosen)
          }}
          className="min-h-9 rounded-md border border-edge bg-paper px-2 text-sm tabular-nums"
        />
      )}
    </Field>
  )
}
