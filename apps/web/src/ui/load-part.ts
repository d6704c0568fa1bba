/**
 * A part of the site's script that is fetched when it is needed.
 * @module
 */

/** Milliseconds before each further try: a line that was cut is often back in a moment. */
const pausesMs = [300, 1_000, 3_000]

/** @throws the error of the last try */
export async function loadPart<Part>(fetchPart: () => Promise<Part>): Promise<Part> {
  for (const ms of pausesMs) {
    try {
      return await fetchPart()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, ms))
    }
  }
  return fetchPart()
}
