import type { MeshStats } from 'ghmesh'
import { answeredOf } from '../mesh/traffic.ts'
import { useNow } from '../states/use-now.ts'

const percent = (rate: number) => `${Math.round(rate * 100)}%`

/** What this page asked, what that cost, and what it did not. */
export function Figures({ stats }: { stats: MeshStats | undefined }) {
  const now = useNow(1000)
  // Not `stats.requests`, which counts looks for notes of the team that nobody has written, too.
  const answered = stats ? Object.values(answeredOf(stats)).reduce((sum, count) => sum + count, 0) : 0
  const quota = stats?.quota.core
  const known = quota && quota.resetAt > now ? quota : undefined
  const figures = [
    {
      name: 'Hit rate',
      value: answered > 0 ? percent((stats?.apiCallsSaved ?? 0) / answered) : '–',
      note: `of ${answered.toLocaleString('en')} requests`
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
