import { Content, List, Root, Trigger } from 'radix-ui/tabs'
import { CodeBlock } from '../ui/code-block.tsx'
import { Words } from './words.tsx'

export type Example = { name: string; sentence: string; text: string }

/** It becomes part of ids, which have no spaces. */
const tabIdOf = (name: string) => name.replaceAll(' ', '-')

/** Examples side by side; arrow keys go from one to the next. */
export function CodeTabs({ label, examples }: { label: string; examples: readonly Example[] }) {
  return (
    <Root
      defaultValue={tabIdOf(examples[0]?.name ?? '')}
      className="grid grid-cols-[minmax(0,1fr)] gap-3"
    >
      <List aria-label={label} className="flex flex-wrap gap-x-4 text-sm">
        {examples.map(({ name }) => (
          <Trigger
            key={name}
            value={tabIdOf(name)}
            className="border-b-2 border-transparent py-1 text-ash hover:text-ink data-[state=active]:border-madder data-[state=active]:text-ink"
          >
            {name}
          </Trigger>
        ))}
      </List>
      {examples.map(({ name, sentence, text }) => (
        <Content key={name} value={tabIdOf(name)} className="grid grid-cols-[minmax(0,1fr)] gap-2">
          <Words text={sentence} className="text-ash" />
          <CodeBlock text={text} of={name} />
        </Content>
      ))}
    </Root>
  )
}
