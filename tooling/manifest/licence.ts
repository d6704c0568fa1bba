/**
 * Licences as model cards name them, as SPDX identifiers.
 * Source: https://huggingface.co/docs/hub/repositories-licenses
 * @module
 */
const spdx: Record<string, string> = {
  'apache-2.0': 'Apache-2.0',
  mit: 'MIT',
  'bsd-3-clause': 'BSD-3-Clause',
  'cc-by-4.0': 'CC-BY-4.0',
  'cc-by-sa-4.0': 'CC-BY-SA-4.0',
  'cc0-1.0': 'CC0-1.0',
}

/** One that SPDX does not list becomes a reference to its name, as SPDX asks. */
export function licenceOfHub(name: string | undefined): string | undefined {
  if (!name || name === 'other' || name === 'unknown') return undefined
  return spdx[name] ?? `LicenseRef-${name.replaceAll(/[^A-Za-z0-9.-]+/g, '-')}`
}

/** @param card a README.md with front matter */
export function licenceOfCard(card: string): string | undefined {
  const frontMatter = /^---\n([\s\S]*?)\n---/.exec(card)?.[1] ?? ''
  return licenceOfHub(/^license:\s*["']?([\w.-]+)/m.exec(frontMatter)?.[1])
}
