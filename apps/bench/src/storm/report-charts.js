// Runs in the report's page: draws its charts with uPlot, in the colours of the page's scheme.
const { charts, marks } = JSON.parse(document.getElementById('data').textContent)
const place = document.getElementById('charts')
const height = 200
const maxWidth = 860

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

function drawMarks(plot) {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.lineWidth = devicePixelRatio
  for (const { second, isRelay } of marks) {
    const x = Math.round(plot.valToPos(second, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.strokeStyle = colour(isRelay ? 'bad' : 'ash')
    ctx.setLineDash(isRelay ? [8, 4] : [2, 4])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

function draw() {
  for (const old of place.querySelectorAll('figure')) old.remove()
  const width = Math.min(maxWidth, document.querySelector('main').clientWidth - 32)
  const axis = { stroke: colour('ash'), grid: { stroke: colour('thread') }, ticks: { show: false } }
  for (const { title, unit, series, columns } of charts) {
    const figure = document.createElement('figure')
    figure.style.margin = '0'
    const heading = document.createElement('h3')
    heading.textContent = unit === '' ? title : `${title}, ${unit}`
    figure.append(heading)
    place.append(figure)
    const lines = series.map(({ label, tone }) => ({
      label,
      stroke: colour(tone),
      width: 2,
      spanGaps: false,
      value: (_, value) => (value === null ? '–' : value.toFixed(0)),
    }))
    new uPlot(
      {
        width,
        height,
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, (most || 1) * 1.1] } },
        axes: [{ ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} s`) }, axis],
        series: [{ label: 'second' }, ...lines],
        hooks: { drawAxes: [drawMarks] },
      },
      columns,
      figure,
    )
  }
}

draw()
let drawnWidth = innerWidth
addEventListener('resize', () => {
  if (innerWidth === drawnWidth) return
  drawnWidth = innerWidth
  draw()
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
