import type { Mesh, MeshEvents } from 'ghmesh'
import { thingAt } from './events-for-people.ts'

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

const thing = ({ url }: { url: string }) => thingAt(url)
const short = (id: string) => `…${id.slice(-6)}`

type Tell = { [K in keyof MeshEvents]?: (detail: MeshEvents[K]) => [what: string, about: string] }

// What is said of each; steps that only repeat another are left out.
const words: Tell = {
  hit: (detail) => ['Local cache', thing(detail)],
  'peer-hit': (detail) => ['From a member', thing(detail)],
  miss: (detail) => ['Asked GitHub', thing(detail)],
  revalidated: (detail) => ['GitHub: unchanged', thing(detail)],
  received: (detail) => ['Announced by a member', thing(detail)],
  announced: (detail) => ['Announced to the mesh', thing(detail)],
  stale: (detail) => ['Older response', thing(detail)],
  purged: ({ target }) => ['Marked stale', target.replace(/^.*?\/repos\//, '')],
  'peer:connect': ({ id, name, path: way }) => ['Member joined', `${name ?? short(id)}, ${way}`],
  'peer:disconnect': ({ id, name }) => ['Member left', name ?? short(id)],
  warning: ({ message }) => ['Warning', message]
}

/** Tells of everything that happens, in words, until the returned function is called. */
export function listen(mesh: Mesh, tell: (what: string, about: string) => void): () => void {
  const control = new AbortController()
  for (const [type, say] of Object.entries(words) as [keyof MeshEvents, (detail: never) => [string, string]][]) {
    mesh.addEventListener(
      type,
      ({ detail }) => {
        // Notes are looked for often, and found in this browser: no news.
        if ((type === 'hit' || type === 'miss') && !URL.canParse((detail as { url: string }).url)) return
        tell(...say(detail as never))
      },
      { signal: control.signal }
    )
  }
  return () => control.abort()
}
