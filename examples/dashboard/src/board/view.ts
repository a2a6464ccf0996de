export const tabs = ['all', 'mine', 'waiting', 'stale'] as const
export type Tab = (typeof tabs)[number]

export const sorts = ['newest', 'oldest', 'repository'] as const
export type Sort = (typeof sorts)[number]

/** After how many days without a change something is stale. */
export const staleDays = [3, 7, 14, 30] as const

/** What of everything is shown, and how. All of it is in the address. */
export interface View {
  q: string
  tab: Tab
  sort: Sort
  /** The one repository that is shown. */
  only: string | undefined
  days: number
  /** To be read from afar: larger, and nothing to click. */
  isWall: boolean
}

export const wholeView: View = { q: '', tab: 'all', sort: 'newest', only: undefined, days: 7, isWall: false }

const maxSearchLength = 200
const names = ['q', 'tab', 'sort', 'only', 'days', 'wall'] as const

/** A view from an address; what it does not say, or not in words that there are, is as in `wholeView`. */
export function readView(parameters: URLSearchParams): View {
  const known = <T extends string>(all: readonly T[], name: string): T | undefined =>
    all.find((one) => one === parameters.get(name))
  return {
    q: (parameters.get('q') ?? '').slice(0, maxSearchLength),
    tab: known(tabs, 'tab') ?? wholeView.tab,
    sort: known(sorts, 'sort') ?? wholeView.sort,
    only: parameters.get('only') || undefined,
    days: staleDays.find((days) => String(days) === parameters.get('days')) ?? wholeView.days,
    isWall: parameters.has('wall')
  }
}

/** The parameters of a view that differ from `wholeView`. */
export function viewParameters(view: View): URLSearchParams {
  const said = { q: view.q, tab: view.tab, sort: view.sort, only: view.only ?? '', days: String(view.days) }
  const usual = { ...wholeView, only: '', days: String(wholeView.days) }
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(said)) {
    if (value !== usual[name as keyof typeof said]) parameters.set(name, value)
  }
  if (view.isWall) parameters.set('wall', '1')
  return parameters
}

/** The same address with this view. */
export function withView(address: URL, view: View): URL {
  const url = new URL(address)
  for (const name of names) url.searchParams.delete(name)
  for (const [name, value] of viewParameters(view)) url.searchParams.set(name, value)
  return url
}

/** Whether an address says anything of a view. */
export const namesView = (parameters: URLSearchParams): boolean => names.some((name) => parameters.has(name))
