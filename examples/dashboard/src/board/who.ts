import type { Tab } from './view.ts'

/** Why a tab cannot be answered: it needs to know whose it is. */
export function withoutMe(tab: Tab, me: string | undefined, hasToken: boolean): string | undefined {
  if (me !== undefined || tab === 'all' || tab === 'stale') return undefined
  return hasToken
    ? 'GitHub has not said yet whose token this is.'
    : 'Without a token, this page does not know who you are. Add one in the settings.'
}
