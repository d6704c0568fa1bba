import type { Stitch } from './stitches.ts'

/** A whole window spans four warp threads: over, under, over, and under at the seam. */
const warpGap = 14
const wholeWidth = 4 * warpGap
/** A stitch of one token can still be seen and pointed at. */
const minWidth = 18
const height = 30
const threadHeight = 12
const top = (height - threadHeight) / 2

/** One stitch over its warp threads; every second warp thread passes over it. */
export function StitchShape({ tone, texture, share }: Pick<Stitch, 'tone' | 'texture' | 'share'>) {
  const width = Math.max(minWidth, Math.round(share * wholeWidth))
  const warps = [0, 1, 2, 3].map((index) => index * warpGap + 0.5).filter((x) => x < width)
  const over = warps[2] !== undefined && warps[2] < width - 6 ? warps[2] : undefined
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      style={{ color: `var(--tone-${tone})` }}
    >
      {warps.map((x) => (
        <line key={x} x1={x} x2={x} y1={1} y2={height - 1} stroke="var(--warp)" />
      ))}
      <Thread texture={texture} width={width} />
      {over !== undefined && (
        <>
          <line
            x1={over}
            x2={over}
            y1={top - 2}
            y2={height - top + 2}
            stroke="var(--row-ground)"
            strokeWidth={3}
          />
          <line x1={over} x2={over} y1={1} y2={height - 1} stroke="var(--warp)" />
        </>
      )}
    </svg>
  )
}

function Thread({ texture, width }: { texture: Stitch['texture']; width: number }) {
  const body = { x: 3, y: top, width: width - 5, height: threadHeight, rx: 4 }
  const outline = { ...body, stroke: 'currentColor', fill: 'var(--row-ground)' }
  switch (texture) {
    case 'arriving':
      return <rect {...outline} strokeWidth={1.25} />
    case 'signed':
      return <rect {...outline} strokeWidth={2.5} />
    case 'loose':
      return <rect {...outline} strokeWidth={1.5} strokeDasharray="4 3" />
    case 'recomputed':
    case 'verified':
      return <rect {...body} fill="currentColor" stroke="currentColor" strokeWidth={2.5} />
    case 'double':
      return (
        <g fill="currentColor">
          <rect x={2} y={top - 1} width={width - 3} height={5.5} rx={2.5} />
          <rect x={2} y={top + threadHeight - 4.5} width={width - 3} height={5.5} rx={2.5} />
        </g>
      )
    case 'local':
      return (
        <g stroke="var(--ash)" strokeWidth={2}>
          <line x1={1} x2={width} y1={top + 3} y2={top + 3} />
          <line x1={1} x2={width} y1={top + 9} y2={top + 9} />
        </g>
      )
    case 'torn':
      return <TornThread width={width} />
  }
}

/** Two ends that do not meet. */
function TornThread({ width }: { width: number }) {
  const middle = width / 2
  const [left, right, bottom] = [middle - 4, middle + 4, top + threadHeight]
  const step = threadHeight / 4
  return (
    <g fill="none" stroke="currentColor" strokeWidth={2.5} strokeLinejoin="bevel">
      <path d={`M${left + 3} ${top}H3v${threadHeight}H${left}l3-${step}-3-${step} 3-${step}z`} />
      <path
        d={`M${right + 3} ${top}H${width - 2}v${threadHeight}H${right}l3-${step}-3-${step} 3-${step}z`}
      />
      <line
        x1={middle + 1}
        x2={middle + 1}
        y1={bottom + 3}
        y2={top - 3}
        stroke="var(--row-ground)"
      />
    </g>
  )
}
