import type { Hours, PausePolicy } from '@weft/sdk'
import type { ReactNode } from 'react'
import { Select } from '../ui/select.tsx'
import { Switch } from '../ui/switch.tsx'
import { HoursFields } from './hours-fields.tsx'
import { batteryChoice, batteryChoices, batteryRule, usualHours } from './pause-words.ts'

type PausePanelProps = {
  policy: PausePolicy
  onPolicy: (policy: PausePolicy) => void
}

/** When this tab takes nothing, whoever asks; kept for the next visit. */
export function PausePanel({ policy, onPolicy }: PausePanelProps) {
  const change = (part: Partial<PausePolicy>) => onPolicy({ ...policy, ...part })
  const setHours = (hours: Hours | null) => change({ hours })
  return (
    <section aria-labelledby="pause-title">
      <h2 id="pause-title" className="text-lg font-semibold">
        When to pause
      </h2>
      <p className="mt-1 max-w-[66ch] text-sm text-ash">
        A pause takes nothing new, ends what is running, and is over by itself. Battery, line and
        hours hold for shared models as well.
      </p>
      <div className="mt-3">
        <Rule>
          <Select
            label="On battery"
            value={batteryChoice(policy)}
            options={batteryChoices}
            disabled={false}
            onChange={(value) => change(batteryRule(value))}
          />
        </Rule>
        <Rule note="Mobile data, or a browser that was asked to save data." noteId="line-note">
          <Switch
            label="On a metered line"
            checked={policy.meteredLine}
            onChange={(meteredLine) => change({ meteredLine })}
            describedBy="line-note"
          />
        </Rule>
        <Rule
          note="Other programs keep it busy: answers take three times as long as measured, or the browser says so. For five minutes at a time."
          noteId="busy-note"
        >
          <Switch
            label="While something else needs this device"
            checked={policy.busyDevice}
            onChange={(busyDevice) => change({ busyDevice })}
            describedBy="busy-note"
          />
        </Rule>
        <Rule>
          <Switch
            label="Outside of my hours"
            checked={policy.hours !== null}
            onChange={(isOn) => setHours(isOn ? usualHours : null)}
          />
          {policy.hours && <HoursFields hours={policy.hours} onHours={setHours} />}
        </Rule>
      </div>
    </section>
  )
}

function Rule({ note, noteId, children }: { note?: string; noteId?: string; children: ReactNode }) {
  return (
    <div className="grid justify-items-start gap-1 border-t border-thread py-2">
      {children}
      {note && (
        <p id={noteId} className="text-xs text-ash sm:pl-12">
          {note}
        </p>
      )}
    </div>
  )
}
