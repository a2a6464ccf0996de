import type { Answer } from '../github/answer.ts'
import type { Failure } from '../github/problem.ts'
import type { Source, SourceKind } from '../github/source.ts'
import { Ticking } from '../states/ticking.tsx'
import { relative } from './relative.ts'

const names: Record<SourceKind, string> = {
  own: 'Local cache',
  member: 'Members',
  github: 'GitHub',
  stale: 'Stale'
}
/** Each new text costs a page with hundreds of rows a moment; nobody needs every second. */
const ageStepSeconds = 5

export const reasons: Record<Failure, string> = {
  'rate-limit': 'rate limit',
  'server-error': 'GitHub down',
  network: 'no network',
  token: 'token refused',
  unreadable: 'unreadable answer'
}

/** Where a panel's data came from and how old it is; of several repositories, a count for each. */
export function Sources({ answers }: { answers: (Answer | undefined)[] }) {
  const sources = answers.flatMap((answer) => (answer?.source ? [answer.source] : []))
  const kinds = (Object.keys(names) as SourceKind[]).filter((kind) => sources.some((source) => source.kind === kind))
  if (kinds.length === 0) return null
  const of = (kind: SourceKind) => sources.filter((source) => source.kind === kind)
  return (
    <ul className="sources" aria-label="Sources of this data">
      {kinds.map((kind) => (
        <li key={kind} className="source" data-source={kind}>
          {names[kind]}
          {kinds.length > 1 && ` ${of(kind).length}`}
          <span className="quiet">
            {' '}
            · <Ticking text={(now) => detailOf(of(kind), now)} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function detailOf(sources: Source[], now: number): string {
  const oldest = Math.min(...sources.map(({ askedAt }) => askedAt))
  const reason = sources.find((source) => source.reason)?.reason
  const age = ageOf(oldest, now)
  return reason ? `${age}, ${reasons[reason]}` : age
}

function ageOf(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  return seconds < 60
    ? `${Math.floor(seconds / ageStepSeconds) * ageStepSeconds} s`
    : relative(at, now).replace(' ago', '')
}
