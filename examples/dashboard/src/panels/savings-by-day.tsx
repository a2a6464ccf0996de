import type { Savings } from '../mesh/savings.ts'

/** Requests saved on each of the last days. */
export function SavingsByDay({ savings: { days } }: { savings: Savings }) {
  const all = Object.entries(days).reverse()
  const most = Math.max(1, ...Object.values(days))
  return (
    <table className="numbers days">
      <caption className="quiet">Requests to GitHub saved by the team, as far as this browser has seen</caption>
      <tbody>
        {all.map(([day, saved]) => (
          <tr key={day}>
            <th scope="row">{day}</th>
            <td>{saved.toLocaleString('en')}</td>
            <td aria-hidden="true">
              <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect width={(100 * saved) / most} height="8" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
