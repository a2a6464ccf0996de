import type { Minute } from '../mesh/traffic.ts'

const answerers = [
  { kind: 'own', name: 'Local cache' },
  { kind: 'members', name: 'Members' },
  { kind: 'github', name: 'GitHub' },
  { kind: 'stale', name: 'Stale' }
] as const

const clock = (at: number) =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

const totalOf = (minute: Minute) => answerers.reduce((sum, { kind }) => sum + minute[kind], 0)

/** Answers by minute and by who gave them, as stacked bars and as a table. */
export function TrafficChart({ minutes }: { minutes: Minute[] }) {
  const busy = minutes.filter((minute) => totalOf(minute) > 0).reverse()
  return (
    <>
      <ul className="legend">
        {answerers.map(({ kind, name }) => (
          <li key={kind} data-answerer={kind}>
            {name}
          </li>
        ))}
      </ul>
      <Bars minutes={minutes} />
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

/** Text stands outside the drawing, which is stretched to whatever room there is. */
function Bars({ minutes }: { minutes: Minute[] }) {
  const highest = Math.max(1, ...minutes.map(totalOf))
  const [first, last] = [minutes[0], minutes.at(-1)]
  return (
    <div className="traffic" aria-hidden="true">
      <span className="traffic-highest">{highest}</span>
      <svg viewBox={`0 0 ${Math.max(1, minutes.length)} ${highest}`} preserveAspectRatio="none" aria-hidden="true">
        {minutes.map((minute, index) => {
          let top = highest
          return answerers.map(({ kind }) => {
            const height = minute[kind]
            top -= height
            return (
              height > 0 && (
                <rect key={kind + minute.at} data-answerer={kind} x={index + 0.1} y={top} width={0.8} height={height} />
              )
            )
          })
        })}
      </svg>
      <span>{first && clock(first.at)}</span>
      <span>{last && clock(last.at)}</span>
    </div>
  )
}
