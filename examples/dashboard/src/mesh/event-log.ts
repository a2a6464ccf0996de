import type { Mesh, MeshEvents } from 'ghmesh'

export interface LoggedEvent {
  id: number
  at: number
  what: string
  about: string
}

const mostEvents = 40

/** The newest events first, and no more than fit a panel. */
export const logged = (events: readonly LoggedEvent[], event: LoggedEvent): LoggedEvent[] =>
  [event, ...events].slice(0, mostEvents)

const path = ({ url }: { url: string }) =>
  new URL(url).pathname.replace(/^.*?\/repos\//, '').replace(/[0-9a-f]{33}(?=\/|$)/, '')
const short = (id: string) => `…${id.slice(-6)}`

type Tell = { [K in keyof MeshEvents]?: (detail: MeshEvents[K]) => [what: string, about: string] }

// What is said of each; steps that only repeat another are left out.
const words: Tell = {
  hit: (detail) => ['Local cache', path(detail)],
  'peer-hit': (detail) => ['From a member', path(detail)],
  miss: (detail) => ['Asked GitHub', path(detail)],
  revalidated: (detail) => ['GitHub: unchanged', path(detail)],
  received: (detail) => ['Announced by a member', path(detail)],
  announced: (detail) => ['Announced to the mesh', path(detail)],
  stale: (detail) => ['Older response', path(detail)],
  purged: ({ target }) => ['Marked stale', target.replace(/^.*?\/repos\//, '')],
  'peer:connect': ({ id, name, path: way }) => ['Member joined', `${name ?? short(id)}, ${way}`],
  'peer:disconnect': ({ id, name }) => ['Member left', name ?? short(id)],
  warning: ({ message }) => ['Warning', message]
}

/** Tells of everything that happens, in words, until the returned function is called. */
export function listen(mesh: Mesh, tell: (what: string, about: string) => void): () => void {
  const control = new AbortController()
  for (const [type, say] of Object.entries(words) as [keyof MeshEvents, (detail: never) => [string, string]][]) {
    mesh.addEventListener(type, ({ detail }) => tell(...say(detail as never)), { signal: control.signal })
  }
  return () => control.abort()
}
