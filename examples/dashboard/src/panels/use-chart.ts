import { BarChart, GraphChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { type ECharts, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { type RefCallback, useCallback, useEffect, useRef } from 'react'

use([BarChart, GraphChart, GridComponent, CanvasRenderer])

const wantsCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Draws into the element that gets the reference, and again when it changes its size. */
export function useChart(options: object): RefCallback<HTMLElement> {
  const chart = useRef<ECharts>(undefined)
  const latest = useRef(options)
  const draw = useCallback(() => chart.current?.setOption({ ...latest.current, animation: !wantsCalm() }), [])

  useEffect(() => {
    latest.current = options
    draw()
  }, [options, draw])

  return useCallback(
    (element) => {
      if (!element) return
      const made = init(element)
      chart.current = made
      draw()
      const observer = new ResizeObserver(() => made.resize())
      observer.observe(element)
      return () => {
        observer.disconnect()
        made.dispose()
        chart.current = undefined
      }
    },
    [draw]
  )
}
