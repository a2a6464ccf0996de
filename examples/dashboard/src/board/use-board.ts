import { useMemo } from 'preact/compat'
import { type Answers, answerTo } from '../github/answer.ts'
import type { OwnTeam } from '../github/answers.ts'
import { expand } from '../github/groups.ts'
import { issuesOf, teams as teamsQuery, viewer } from '../github/queries.ts'
import { maxRepositories } from '../github/refresh.ts'
import { attentionOf } from './attention.ts'
import { certaintyOf } from './certainty.ts'
import { type Of, shownIssues, shownPulls, type Teams } from './filtered.ts'
import { pullRows } from './pull-row.ts'
import { repositoryRow } from './repository-row.ts'
import { useStable } from './use-stable.ts'
import type { View } from './view.ts'

interface BoardInput {
  answers: Answers
  /** Names and groups of repositories. */
  entries: readonly string[]
  view: View
  hasToken: boolean
  /** Milliseconds since the epoch, to the minute. */
  now: number
}

export type Board = ReturnType<typeof useBoard>

/** Everything that is shown, made from what GitHub has answered. Each part is made again only when its own causes change. */
export function useBoard({ answers, entries, view, hasToken, now }: BoardInput) {
  const expanded = useMemo(() => expand(entries, answers, maxRepositories), [entries, answers])
  const { names } = expanded
  const repositories = useStable(
    useMemo(() => names.map((name) => repositoryRow(answers, name)), [names, answers]),
    ({ name }) => name
  )
  const me = hasToken ? answerTo(answers, viewer)?.data?.[0]?.login : undefined
  const told = hasToken ? answerTo(answers, teamsQuery)?.data : undefined
  const teams = useMemo(() => teamsIn(told), [told])
  const pulls = useMemo(() => pullRows(answers, names), [answers, names])
  const attention = useMemo(
    () => attentionOf({ repositories, pulls, me, teams, days: view.days, now }),
    [repositories, pulls, me, teams, view.days, now]
  )
  const isShown = (name: string) => view.only === undefined || !names.includes(view.only) || name === view.only
  const shownNames = useStableList(names.filter(isShown))
  const issues = useMemo(
    () =>
      shownNames.flatMap((repository) =>
        (answerTo(answers, issuesOf(repository))?.data ?? []).map((item): Of<typeof item> => ({ repository, item }))
      ),
    [answers, shownNames]
  )
  return {
    expanded,
    repositories,
    me,
    attention,
    shownNames,
    shownPulls: useMemo(() => {
      const shown = new Set(shownNames)
      return shownPulls(
        pulls.filter(({ repository }) => shown.has(repository)),
        { view, me, teams, now }
      )
    }, [pulls, shownNames, view, me, teams, now]),
    shownIssues: useMemo(() => shownIssues(issues, { view, me, now }), [issues, view, me, now]),
    certainty: useMemo(
      () => certaintyOf({ answers, repositories, hasToken, me, now }),
      [answers, repositories, hasToken, me, now]
    )
  }
}

/** With the teams above them: who asks those asks the members of all teams below, too. */
const teamsIn = (own: readonly OwnTeam[] = []): Teams =>
  new Set(own.flatMap(({ id, parent }) => (parent ? [id, parent.id] : [id])))

/** The list from before where it has the same names. */
export function useStableList(names: readonly string[]): readonly string[] {
  const text = names.join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says all that the list does
  return useMemo(() => names, [text])
}
