/**
 * A calibration as a picture for the docs: of each cheat, how surely it is found by how many tokens.
 * @module
 */
import type { Calibration } from './table.ts'

const panel = { width: 138, height: 72, gapX: 24, gapY: 44, columns: 5 }
const margin = { left: 44, top: 22, right: 10, bottom: 64 }
/** Read on light and on dark pages alike. */
const colours = { line: '#A63D2F', rule: '#8a857c', text: '#8a857c' }

/** @returns an SVG document: one small chart for each cheat, all with the same axes */
export function drawChart({ cheats, model, drawn, failed }: Calibration): string {
  const rows = Math.ceil(cheats.length / panel.columns)
  const stepX = panel.width + panel.gapX
  const stepY = panel.height + panel.gapY
  const width = margin.left + panel.columns * stepX - panel.gapX + margin.right
  const height = margin.top + rows * stepY - panel.gapY + margin.bottom
  const panels = cheats.map((cheat, index) => {
    const x = margin.left + (index % panel.columns) * stepX
    const y = margin.top + Math.floor(index / panel.columns) * stepY
    return `<g transform="translate(${x} ${y})">${drawPanel(cheat, index % panel.columns === 0)}</g>`
  })
  const honest = `Of ${drawn.answers.toLocaleString('en')} honest answers of each pair of devices, ${failed} fail.`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="11" fill="${colours.text}">
<title id="title">Cheats found with ${model}, by tokens of the answer. ${honest}</title>
${panels.join('\n')}
<text x="${margin.left}" y="${height - 26}">Share of cheating answers that fail, by tokens of the answer; dashed: area under the ROC curve.</text>
<text x="${margin.left}" y="${height - 10}">${honest}</text>
</svg>
`
}

function drawPanel({ name, byTokens }: Calibration['cheats'][number], hasAxis: boolean): string {
  const most = Math.max(...byTokens.map(({ tokens }) => tokens))
  const draw = (points: readonly (readonly [tokens: number, share: number])[], style: string) => {
    const places = points.map(
      ([tokens, share]) =>
        `${rounded((tokens / most) * panel.width)},${rounded((1 - share) * panel.height)}`,
    )
    return `<polyline points="${places.join(' ')}" fill="none" stroke-linejoin="round" ${style}/>`
  }
  const found = byTokens.map((each) => [each.tokens, each.found] as const)
  const area = byTokens.map((each) => [each.tokens, each.area] as const)
  const lines = [
    draw(area, `stroke="${colours.rule}" stroke-dasharray="3 3"`),
    draw([[0, 0], ...found], `stroke="${colours.line}" stroke-width="1.5"`),
  ].join('')
  const rule = (y: number) =>
    `<line x2="${panel.width}" y1="${y}" y2="${y}" stroke="${colours.rule}" stroke-width="0.5"/>`
  const axis = hasAxis
    ? `<text x="-6" y="4" text-anchor="end">100 %</text><text x="-6" y="${panel.height + 4}" text-anchor="end">0</text>`
    : ''
  return `<text y="-8">${name}</text>${axis}${rule(0)}${rule(panel.height)}${lines}<text x="${panel.width}" y="${panel.height + 14}" text-anchor="end">${most}</text>`
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
