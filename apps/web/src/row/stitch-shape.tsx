import type { Stitch } from './stitches.ts'

const wholeWidth = 44
/** A stitch of one token can still be seen and pointed at. */
const minWidth = 12
const height = 24
const warpGap = 11

/** One stitch over its warp threads; every second warp thread passes over it. */
export function StitchShape({ tone, texture, share }: Pick<Stitch, 'tone' | 'texture' | 'share'>) {
  const width = Math.max(minWidth, Math.round(share * wholeWidth))
  const warps = Array.from({ length: Math.ceil(width / warpGap) }, (_, index) => ({
    x: index * warpGap + warpGap / 2,
    over: index % 2 === 1,
  })).filter(({ x }) => x < width)
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      style={{ color: `var(--tone-${tone})` }}
    >
      {warps.map(({ x }) => (
        <line key={x} x1={x} x2={x} y1={0} y2={height} stroke="var(--warp)" />
      ))}
      <Thread texture={texture} width={width} />
      {warps
        .filter(({ over }) => over)
        .map(({ x }) => (
          <g key={x}>
            <line x1={x} x2={x} y1={5} y2={height - 5} stroke="var(--row-ground)" strokeWidth={4} />
            <line x1={x} x2={x} y1={0} y2={height} stroke="var(--warp)" />
          </g>
        ))}
    </svg>
  )
}

function Thread({ texture, width }: { texture: Stitch['texture']; width: number }) {
  const body = { x: 1.5, y: 7, width: width - 3, height: 10, rx: 4 }
  const outline = { ...body, stroke: 'currentColor', fill: 'var(--row-ground)' }
  switch (texture) {
    case 'arriving':
      return <rect {...outline} strokeWidth={1.25} />
    case 'signed':
      return <rect {...outline} strokeWidth={2.25} />
    case 'loose':
      return <rect {...outline} strokeWidth={1.5} strokeDasharray="4 3" />
    case 'recomputed':
      return <rect {...body} fill="currentColor" stroke="currentColor" strokeWidth={2.25} />
    case 'local':
      return (
        <g stroke="var(--ash)" strokeWidth={2}>
          <line x1={0} x2={width} y1={10} y2={10} />
          <line x1={0} x2={width} y1={14} y2={14} />
        </g>
      )
    case 'torn':
      return <TornThread width={width} />
  }
}

/** Two ends that do not meet. */
function TornThread({ width }: { width: number }) {
  const middle = width / 2
  return (
    <g fill="none" stroke="currentColor" strokeWidth={2.25} strokeLinejoin="round">
      <path d={`M${middle - 7} 7H5.5a4 4 0 0 0-4 4v2a4 4 0 0 0 4 4H${middle - 4}l-3-3 3-3z`} />
      <path
        d={`M${middle + 4} 7h${middle - 9.5}a4 4 0 0 1 4 4v2a4 4 0 0 1-4 4H${middle + 7}l-3-3 3-3z`}
      />
    </g>
  )
}
