import type { MeshStats } from 'ghmesh'
import { useContext } from 'react'
import { Now } from './relative-time.tsx'

const percent = (rate: number) => `${Math.round(rate * 100)} %`

/** What this page asked, what that cost, and what it did not. */
export function Figures({ stats }: { stats: MeshStats | undefined }) {
  const now = useContext(Now)
  const quota = stats?.quota.core
  const known = quota && quota.resetAt > now ? quota : undefined
  const figures = [
    {
      name: 'Hit rate',
      value: stats ? percent(stats.hitRate) : '–',
      note: `of ${stats?.requests ?? 0} requests`
    },
    { name: 'Quota saved', value: String(stats?.quotaSaved ?? 0), note: `${stats?.quotaSpent ?? 0} spent` },
    { name: 'From members', value: String(stats?.peerHits ?? 0), note: `${stats?.apiCallsMade ?? 0} calls to GitHub` },
    {
      name: 'Quota left',
      value: known ? known.remaining.toLocaleString('en') : '–',
      note: known
        ? `of ${known.limit.toLocaleString('en')}, for ${Math.ceil((known.resetAt - now) / 60_000)} min`
        : 'No requests yet'
    }
  ]
  return (
    <dl className="figures">
      {figures.map(({ name, value, note }) => (
        <div key={name} className="figure" data-figure={name}>
          <dt>{name}</dt>
          <dd>
            <span className="figure-value">{value}</span> <span className="quiet">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
