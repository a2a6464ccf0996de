import type { Answer } from '../github/answer.ts'

/** How many there are, or at least are. */
export interface Count {
  count: number
  isAtLeast: boolean
}

/** As GitHub counts them, else as many as the list has; undefined where nothing is known. */
export function countOf(counted: number | undefined, list: Answer | undefined): Count | undefined {
  if (counted !== undefined) return { count: counted, isAtLeast: false }
  return list?.data && { count: list.data.length, isAtLeast: list.isMore === true }
}

/** "12", or "30+" with words for those who do not see the plus. */
export const countWords = ({ count, isAtLeast }: Count): string =>
  `${isAtLeast ? 'at least ' : ''}${count.toLocaleString('en')}`
