import { type Answer, type Answers, answerTo } from '../github/answer.ts'
import type { Query } from '../github/queries.ts'

export interface PanelInput {
  answers: Answers
  repositories: readonly string[]
}

/** The answer of each repository, and all items of all of them with where they belong. */
export function ofRepositories<Item>(
  { answers, repositories }: PanelInput,
  query: (repository: string) => Query<Item>
): { answers: (Answer<Item> | undefined)[]; items: { repository: string; item: Item }[] } {
  const found = repositories.map((repository) => ({ repository, answer: answerTo(answers, query(repository)) }))
  return {
    answers: found.map(({ answer }) => answer),
    items: found.flatMap(({ repository, answer }) => answer?.data?.map((item) => ({ repository, item })) ?? [])
  }
}
