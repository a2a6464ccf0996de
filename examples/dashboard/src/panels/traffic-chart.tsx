import { useMemo } from 'react'
import type { Minute } from '../mesh/traffic.ts'
import { answerers, clock, trafficOptions } from './traffic-options.ts'
import { useChart } from './use-chart.ts'

/** Answers by minute and by who gave them, as stacked bars and as a table. */
export function TrafficChart({ minutes, isDark }: { minutes: Minute[]; isDark: boolean }) {
  const chart = useChart(useMemo(() => trafficOptions(minutes, isDark), [minutes, isDark]))
  const busy = minutes.filter((minute) => answerers.some(({ kind }) => minute[kind] > 0)).reverse()
  return (
    <>
      <ul className="legend">
        {answerers.map(({ kind, name }) => (
          <li key={kind} data-answerer={kind}>
            {name}
          </li>
        ))}
      </ul>
      <div className="traffic" ref={chart} aria-hidden="true" />
      <details>
        <summary>Show as a table</summary>
        {busy.length === 0 ? (
          <p className="empty">No requests yet.</p>
        ) : (
          <table className="numbers">
            <caption className="visually-hidden">Requests by minute and source</caption>
            <thead>
              <tr>
                <th scope="col">Minute</th>
                {answerers.map(({ kind, name }) => (
                  <th key={kind} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {busy.map((minute) => (
                <tr key={minute.at}>
                  <th scope="row">{clock(minute.at)}</th>
                  {answerers.map(({ kind }) => (
                    <td key={kind}>{minute[kind]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </details>
    </>
  )
}
