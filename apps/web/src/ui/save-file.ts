/**
 * A file into the folder where this browser puts what is downloaded.
 * @module
 */
export function saveFile(file: File): void {
  const href = URL.createObjectURL(file)
  const link = Object.assign(document.createElement('a'), { href, download: file.name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(href))
}
