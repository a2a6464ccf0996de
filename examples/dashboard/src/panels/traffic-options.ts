import type { Minute } from '../mesh/traffic.ts'
import { chartColours } from '../theme/chart-colours.ts'

export const answerers = [
  { kind: 'own', name: 'Local cache' },
  { kind: 'members', name: 'Members' },
  { kind: 'github', name: 'GitHub' },
  { kind: 'stale', name: 'Stale' }
] as const

export const clock = (at: number) =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

export function trafficOptions(minutes: readonly Minute[], isDark: boolean) {
  const colours = chartColours(isDark)
  return {
    animationDuration: 300,
    grid: { left: 30, right: 4, top: 10, bottom: 22 },
    xAxis: {
      type: 'category',
      data: minutes.map(({ at }) => clock(at)),
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { color: colours.quiet, fontSize: 11, interval: 9, showMaxLabel: true }
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      axisLabel: { color: colours.quiet, fontSize: 11 },
      splitLine: { lineStyle: { color: colours.line } }
    },
    series: answerers.map(({ kind, name }) => ({
      name,
      type: 'bar',
      stack: 'answers',
      silent: true,
      barCategoryGap: '20%',
      itemStyle: { color: colours[kind] },
      data: minutes.map((minute) => minute[kind])
    }))
  }
}
