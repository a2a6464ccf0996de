import { apiUrlOf, defaultApiUrl } from './address.ts'
import { repositoriesIn } from './repositories.ts'

/** All that somebody needs to take part. */
export interface Invitation {
  secret: string
  relays: string[]
  repositories: string[]
  /** Undefined: the one of the page it is used on. */
  apiUrl?: string | undefined
}

/** The first invitation in a text: a link, as `invitationLink` makes it, or only its part after `#`. */
export function readInvitation(text: string): Invitation | undefined {
  for (const [word] of text.matchAll(/https?:\/\/[^\s<>"'`]+|(?<![\w?&#])#?(?:secret|relay)=[^\s<>"'`]+/gi)) {
    // A link in a sentence is followed by what is not part of it.
    const link = word.replace(/[.,;:!?)\]}]+$/, '')
    const url = URL.parse(link)
    const given = new URLSearchParams((url?.hash ?? link).replace(/^#/, ''))
    const secret = given.get('secret')?.trim()
    if (!secret) continue
    return {
      secret,
      relays: given.getAll('relay'),
      repositories: repositoriesIn(url?.searchParams.get('repositories') ?? ''),
      apiUrl: url ? apiUrlOf(url.search) : undefined
    }
  }
  return undefined
}

/** The address to send to somebody. The secret is after the `#`, the part that browsers send to no server. */
export function invitationLink(
  page: string,
  { secret, relays, repositories, apiUrl = defaultApiUrl }: Invitation
): string {
  const query = new URLSearchParams()
  if (apiUrl !== defaultApiUrl) query.set('api', apiUrl)
  if (repositories.length > 0) query.set('repositories', repositories.join(','))
  const fragment = new URLSearchParams([['secret', secret], ...relays.map((relay) => ['relay', relay])])
  const { origin, pathname } = new URL(page)
  const search = query.size > 0 ? `?${readable(query)}` : ''
  // A last dot would be taken for the end of a sentence.
  return `${origin}${pathname}${search}#${readable(fragment).replace(/\.$/, '%2E')}`
}

/** Names and addresses read better as they are, and none of these needs another spelling here. */
const readable = (parameters: URLSearchParams): string =>
  parameters.toString().replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':')
