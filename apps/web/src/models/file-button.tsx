import { useRef } from 'react'
import { Button } from '../ui/button.tsx'

type FileButtonProps = {
  name: string
  /** Chooses a whole folder instead of files. */
  folder: boolean
  disabled: boolean
  onFiles: (files: File[]) => void
}

/** A button that opens the browser's own chooser. */
export function FileButton({ name, folder, disabled, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement | null>(null)
  return (
    <>
      <Button kind="plain" disabled={disabled} onClick={() => input.current?.click()}>
        {name}
      </Button>
      <input
        ref={(element) => {
          input.current = element
          if (element) element.webkitdirectory = folder
        }}
        type="file"
        multiple
        hidden
        data-testid={folder ? 'folder-input' : 'files-input'}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])]
          target.value = '' // The same files can be chosen again.
          if (files.length > 0) onFiles(files)
        }}
      />
    </>
  )
}
