/**
 * Who may get an answer of a route: `group`: every member (an allow-list; in doubt a route is not on it);
 * `anonymous`: every member, but only when it was fetched without a token; `viewer`: nobody but the token that asked;
 * `none`: not cached at all.
 */
type Sharing = 'group' | 'anonymous' | 'viewer' | 'none'

export interface Route {
  /** GitHub's own notation; `/repositories/{id}/...` matches as `/repos/{owner}/{repo}/...`. */
  template: string
  sharing: Sharing
  /** The body depends on who asks even where no field says so. */
  varies?: boolean
}

// Templates below a repository. `{name}` is one segment, `{name...}` one or more.
const sharedInRepository = `
/branches /branches/{branch...} /tags
/commits /commits/{ref...}
/git/refs /git/ref/{ref...} /git/matching-refs/{ref...} /git/blobs/{sha} /git/trees/{sha} /git/commits/{sha} /git/tags/{sha}
/contents /contents/ /contents/{path...} /readme /readme/{path...} /compare/{range...}
/issues /issues/{number} /issues/{number}/comments /issues/{number}/labels /issues/{number}/events /issues/{number}/timeline
/issues/comments /issues/comments/{id} /issues/events
/pulls /pulls/{number} /pulls/{number}/files /pulls/{number}/commits /pulls/{number}/comments /pulls/comments /pulls/comments/{id}
/labels /labels/{name} /milestones /milestones/{number} /milestones/{number}/labels
/languages /contributors /topics /license
/actions/workflows /actions/workflows/{id} /actions/workflows/{id}/runs /actions/runs /actions/runs/{id} /actions/runs/{id}/jobs /actions/jobs/{id}
/check-runs/{id} /check-suites/{id} /check-suites/{id}/check-runs
/statuses/{sha} /deployments /deployments/{id} /deployments/{id}/statuses
/releases/latest /releases/tags/{tag...}`

// Drafts, pending reviews and private items show to some viewers only.
const anonymousInRepository = '/releases /releases/{id} /pulls/{number}/reviews /forks /stargazers /events'
const anonymousElsewhere = `
/search/{kind} /users/{user}/repos /users/{user}/orgs /users/{user}/gists /orgs/{org}/repos /orgs/{org}/members /orgs/{org}/events
/users/{user}/events /users/{user}/events/public /gists/{id} /events`

const sharedElsewhere = `
/users/{user} /orgs/{org} /gitignore/templates /gitignore/templates/{name} /licenses /licenses/{license} /emojis /meta`

// For administrators only, though a branch's name could read so.
const viewersInRepository = `
/branches/{branch...}/protection /branches/{branch...}/protection/ /branches/{branch...}/protection/{rest...}`

// Answered by redirects to signed URLs, by streams, or free of charge.
const notCached = `
/rate_limit /repos/{owner}/{repo}/tarball/{ref...} /repos/{owner}/{repo}/zipball/{ref...} /repos/{owner}/{repo}/tarball
/repos/{owner}/{repo}/zipball /repos/{owner}/{repo}/actions/runs/{id}/logs /repos/{owner}/{repo}/actions/jobs/{id}/logs
/repos/{owner}/{repo}/actions/artifacts/{id}/{format} /repos/{owner}/{repo}/releases/assets/{id}`

const words = (text: string) => text.split(/\s+/).filter(Boolean)
const inRepository = (text: string) => words(text).map((path) => `/repos/{owner}/{repo}${path}`)
const routes = (templates: string[], sharing: Sharing): Route[] => templates.map((template) => ({ template, sharing }))

const table: Route[] = [
  ...routes(words(notCached), 'none'),
  { template: '/repos/{owner}/{repo}', sharing: 'group', varies: true },
  ...routes(inRepository(viewersInRepository), 'viewer'),
  ...routes(inRepository(sharedInRepository), 'group'),
  ...routes(words(sharedElsewhere), 'group'),
  // After `/releases/latest`, which reads like `/releases/{id}`.
  ...routes(inRepository(anonymousInRepository), 'anonymous'),
  ...routes(words(anonymousElsewhere), 'anonymous')
]

const repositoryPath = String.raw`/(?:repos/(?:[^/]+)/(?:[^/]+)|repositories/\d+)`

function pattern(template: string): RegExp {
  const source = template
    .replace('/repos/{owner}/{repo}', repositoryPath)
    .replace(/\{\w+\.\.\.\}/g, '.+')
    .replace(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${source}$`)
}

const viewerBound: Route = { template: '{path...}', sharing: 'viewer' }

/** Finds the route of a path below the API's base URL; `extra` templates are shareable too. */
export function createRoutes(extra: readonly string[] = []): (path: string) => Route {
  const patterns = [...table, ...routes([...extra], 'group')].map((route) => ({
    route,
    matches: pattern(route.template)
  }))
  return (path) => patterns.find(({ matches }) => matches.test(plainly(path)))?.route ?? viewerBound
}

/** Letters, digits and the like as themselves (RFC 3986, section 6.2.2.2): `/%70rotection` is `/protection` to GitHub too. */
const plainly = (path: string) =>
  path.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return /[\w.~-]/.test(character) ? character : code
  })

/** `owner/repo` or `repositories/id`, in lower case, of a path in a repository. */
export function repositoryOf(path: string): string | undefined {
  const [, named, numbered] = /^\/(?:repos\/([^/]+\/[^/]+)|(repositories\/\d+))(?:\/|$)/.exec(path) ?? []
  return named?.toLowerCase() ?? numbered
}
