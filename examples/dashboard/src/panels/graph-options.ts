import type { GraphEdge, GraphModel, GraphNode } from '../mesh/graph-model.ts'
import { you } from '../mesh/graph-model.ts'
import { chartColours } from '../theme/chart-colours.ts'

const symbols: Record<GraphNode['kind'], string> = {
  you: 'circle',
  browser: 'circle',
  node: 'roundRect',
  relay: 'diamond'
}
const sizes: Record<GraphNode['kind'], number> = { you: 34, browser: 26, node: 24, relay: 30 }

// Unseen, so that the scale stays as it is whoever is there.
const corners = [-1, 1].map((side) => ({
  id: `corner ${side}`,
  x: side * 160,
  y: side * 100,
  symbol: 'none',
  label: { show: false }
}))

export function graphOptions({ nodes, edges }: GraphModel, isDark: boolean) {
  const colours = chartColours(isDark)
  const lineOf = ({ path }: GraphEdge) =>
    path === 'direct'
      ? { color: colours.ink, width: 1.5, opacity: 0.7 }
      : { color: colours.quiet, width: 1.5, type: 'dashed' as const, opacity: 0.9 }
  return {
    animationDurationUpdate: 400,
    series: [
      {
        type: 'graph',
        layout: 'none',
        left: 24,
        right: 24,
        top: 20,
        bottom: 30,
        preserveAspect: true,
        silent: true,
        label: { show: true, color: colours.ink, fontSize: 11, overflow: 'truncate', width: 90 },
        data: [
          ...corners,
          ...nodes.map(({ id, name, kind, x, y }) => ({
            id,
            name,
            x,
            y,
            symbol: symbols[kind],
            symbolSize: sizes[kind],
            // Beside the lines, not on them.
            label: { position: y > 0 ? 'bottom' : 'right' },
            itemStyle: { color: colours[kind] }
          }))
        ],
        links: edges.map((edge) => ({ source: you, target: edge.to, lineStyle: lineOf(edge) }))
      }
    ]
  }
}
