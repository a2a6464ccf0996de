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
  /** A draft in a body shows to those only who may push. */
  hidesDrafts?: boolean
}

/*
 * What in each answer depends on who asks? The answer stands above each line below. "GitHub's REST documentation" is
 * https://docs.github.com/rest; what it does not say is marked "not documented". Whatever names a private repository other
 * than the one asked about, or a team, is kept here by `inspect`, on every route; so are values of an organisation's issue fields,
 * credentials and private profiles.
 *
 * Known and accepted: `author_association` of issues, pull requests and comments. Somebody whose membership of an organisation
 * is private has been seen as MEMBER by some and as CONTRIBUTOR by others (not documented). A member may get either. Nothing in an
 * issue without values of fields says whether others see some: who does may get it without, until it has asked itself.
 *
 * Templates: `{name}` is one segment, `{name...}` one or more, `{number}` one of digits.
 */
const sharedInRepository = [
  // Names and commits; whether a branch is protected and by which checks is the same for all readers. Its rules are below.
  '/branches /branches/{branch...} /tags',
  // What git holds, and whether a signature is valid. Emails of commits are in the commits. `/commits/{ref}/status` and
  // `/commits/{ref}/check-runs` are like the routes for statuses and checks below.
  '/commits /commits/{ref...}',
  '/git/refs /git/refs/{ref...} /git/ref/{ref...} /git/matching-refs/{ref...} /git/blobs/{sha} /git/trees/{sha} /git/commits/{sha} /git/tags/{sha}',
  // The same for all readers; `download_url` of a private repository carries a token, which `inspect` finds.
  '/contents /contents/ /contents/{path...} /readme /readme/{path...}',
  // Commits that all readers can read. Those with forks are below.
  '/compare/{range...}',
  // `author_association` and values of fields, see above. How many sub-issues and blocking issues are counted for whom is not
  // documented.
  '/issues /issues/{number} /issues/{number}/comments /issues/{number}/labels /issues/comments /issues/comments/{id}',
  // `author_association`; `requested_teams` names teams, `head.repo` a fork that may be private: `inspect` finds both.
  '/pulls /pulls/{number}',
  // Comments of a review that was not submitted are not listed here (seen so, not documented).
  '/pulls/{number}/files /pulls/{number}/commits /pulls/{number}/comments /pulls/comments',
  // Nothing.
  '/labels /labels/{name} /milestones /milestones/{number} /milestones/{number}/labels',
  '/languages /topics /license',
  // Counted from commits that all readers can read; the "owner" of `participation` is the repository's.
  '/stats/{kind}',
  // Nothing: with `anon=1` it shows emails, but of commits that all can read.
  '/contributors',
  // `head_repository` may be a private fork, which `inspect` finds. Logs and artifacts are below.
  '/actions/workflows /actions/workflows/{id} /actions/workflows/{id}/runs /actions/runs /actions/runs/{id}',
  '/actions/runs/{id}/jobs /actions/jobs/{id}',
  // Nothing: names, sizes and times, and a URL that needs a token of one's own.
  '/actions/artifacts /actions/artifacts/{id} /actions/runs/{id}/artifacts',
  // `app.permissions` makes them variants. What an app writes into a check or status, all readers see.
  '/check-runs/{id} /check-suites/{id} /check-suites/{id}/check-runs /statuses/{sha}',
  // What the deployer sent along, and links: all readers see them.
  '/deployments /deployments/{id} /deployments/{id}/statuses',
  // Published ones only, so no drafts.
  '/releases/latest /releases/tags/{tag...}',
  // Signed statements about files, and who made them: all readers see them.
  '/attestations/{digest}'
]

// With a branch of a fork. Those of a public repository are public, except the one in which a security advisory is mended:
// https://docs.github.com/code-security/security-advisories/working-with-repository-security-advisories/collaborating-in-a-temporary-private-fork-to-resolve-a-repository-security-vulnerability
const withForks = ['/compare/{base...}:{head...} /compare/{base...}%3A{head...} /compare/{base...}%3a{head...}']

const anonymousInRepository = [
  // A review that was not submitted shows to its author; whether a comment of it does is not documented. Nor is it of the other
  // lists, such as reactions and the reviewers that are asked, who may be teams.
  '/pulls/{number}/{list} /pulls/comments/{id} /comments /comments/{id}',
  // References from private repositories and moves in private projects show to those who can read them: one event as in lists.
  // So may sub-issues, and what blocks an issue.
  '/issues/events /issues/events/{id} /issues/{number}/{list} /events',
  // Private forks show to those who can read them; private stars and subscriptions of an account's, to itself.
  '/forks /stargazers /subscribers',
  // What in them depends on who asks is not documented.
  '/assignees /community/profile /releases/{number}/assets'
]

const anonymousElsewhere = [
  // Whatever the token can read is found.
  '/search/{kind} /orgs/{org}/repos /orgs/{org}/events /events',
  // A user's repositories, gists, stars, followers, keys: what is private or secret shows to that user, and to some others.
  '/users/{user}/{list} /users/{user}/{list}/public',
  // Private memberships show to members of the organisation, secret gists to their owner.
  '/orgs/{org}/members /orgs/{org}/public_members /gists/{id} /gists/{id}/comments',
  // Settings, plan and billing show to owners, and some to members.
  '/orgs/{org}'
]

// The same for everybody, except what GitHub Enterprise Server's `/meta` says about its version (not documented).
const sharedElsewhere = ['/gitignore/templates /gitignore/templates/{name} /licenses /licenses/{license} /emojis /meta']

const varying = [
  // `permissions`, merge settings, a clone token.
  '/repos/{owner}/{repo}',
  // The public email shows only to those who are signed in; to oneself, and to apps that may, plan and private figures.
  '/users/{user}'
]

// Drafts show to those who may push: `inspect` finds them, and the rest is one of several bodies.
const withDrafts = ['/releases /releases/{number}']

// For administrators only, though a branch's name could read so.
const viewersInRepository = [
  '/branches/{branch...}/protection /branches/{branch...}/protection/ /branches/{branch...}/protection/{rest...}'
]

// Answered by redirects to signed URLs, by streams, or free of charge.
const notCachedInRepository = [
  '/tarball/{ref...} /zipball/{ref...} /tarball /zipball /actions/runs/{id}/logs /actions/jobs/{id}/logs',
  '/actions/artifacts/{id}/{format} /releases/assets/{id}'
]

const words = (lines: string[]) => lines.flatMap((line) => line.split(' '))
const inRepository = (lines: string[]) => words(lines).map((path) => `/repos/{owner}/{repo}${path}`)
const routes = (templates: string[], sharing: Sharing): Route[] => templates.map((template) => ({ template, sharing }))

// The first that matches counts: `/releases/latest` reads like `/releases/{id}`.
const table: Route[] = [
  ...routes(['/rate_limit', ...inRepository(notCachedInRepository)], 'none'),
  ...varying.map((template): Route => ({ template, sharing: 'group', varies: true })),
  ...inRepository(withDrafts).map(
    (template): Route => ({ template, sharing: 'group', varies: true, hidesDrafts: true })
  ),
  ...routes(inRepository(viewersInRepository), 'viewer'),
  ...routes(inRepository(withForks), 'anonymous'),
  ...routes([...inRepository(sharedInRepository), ...words(sharedElsewhere)], 'group'),
  ...routes([...inRepository(anonymousInRepository), ...words(anonymousElsewhere)], 'anonymous')
]

/** A regular expression's source for the path of a repository. */
export const repositoryPath = String.raw`/(?:repos/[^/]+/[^/]+|repositories/\d+)`

function pattern(template: string): RegExp {
  const source = template
    .replace('/repos/{owner}/{repo}', repositoryPath)
    .replace(/\{\w+\.\.\.\}/g, '.+')
    .replaceAll('{number}', '\\d+')
    .replace(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${source}$`)
}

const viewerBound: Route = { template: '{path...}', sharing: 'viewer' }

/**
 * Finds the route of a path below the API's base URL. `extra` templates are shareable too: the user who adds one
 * vouches that nothing in its answers depends on the viewer. They cannot make shareable what the table above keeps from some.
 */
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

/** Whether a repository, as `repositoryOf` has it, is named by its number. */
export const isNumbered = (repository: string): boolean => repository.startsWith('repositories/')

/** How the path of a repository, user or organisation begins under its name. */
export const namedOwner = (path: string): string | undefined => /^\/(?:repos\/[^/]+|orgs|users)\/[^/]+/.exec(path)?.[0]

/** … and under its number, with which GitHub's links go on. */
export const numberedOwner = (path: string): string | undefined =>
  /^\/(?:repositories|organizations|user)\/\d+(?=\/|$)/.exec(path)?.[0]

/** Of a repository, by its name or id. */
export const pathOfRepository = (repository: string): string => (isNumbered(repository) ? '/' : '/repos/') + repository

/** All that is outside of repositories, as `Purges` names it. */
export const elsewhere = '/'

const inList = new RegExp(
  String.raw`^(${repositoryPath})/(?:(milestones)/.+|commits/[^/]+/(pulls)|(issues)/\d+/(?:sub_issues|parent|dependencies/.+))$`
)

/**
 * What else makes a path stale, but itself and its repository: the list that it belongs to, and outside of repositories, and for
 * what in them is the viewer's own, anything that is written there.
 */
export function widerThan(path: string): string[] {
  const [, root, milestones, pulls, issues] = inList.exec(path) ?? []
  if (root !== undefined) return [`${root}/${milestones ?? pulls ?? issues}`]
  return repositoryOf(path) === undefined || /\/(?:notifications|subscription|codespaces)$/.test(path)
    ? [elsewhere]
    : []
}

/**
 * Whether answers of a path contain their repository's object, and no JSON that a user wrote: the repository itself, pull requests
 * (in `base`) and workflow runs (in `repository`). https://docs.github.com/rest has the shape of each.
 */
export const showsRepository = (path: string): boolean =>
  /^\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)(?:\/(?:pulls|actions\/(?:workflows\/[^/]+\/)?runs)(?:\/\d+)?)?$/.test(
    path
  )

/** Whether a path names a repository itself, and not something in it. */
export const isRepository = (path: string): boolean => /^\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)$/.test(path)
