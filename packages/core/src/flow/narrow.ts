import type { Target } from '../github/request.ts'

/** What the user shares: false keeps an answer here. */
export type Narrow = (request: Request, response: Response) => boolean

/** The user's function sees the request without its credentials; where it fails, nothing is shared. */
export function isNarrowedOut(
  narrow: Narrow | undefined,
  { url, accept }: Pick<Target, 'url' | 'accept'>,
  response: () => Response
): boolean {
  try {
    return narrow !== undefined && !narrow(new Request(url, { headers: { accept } }), response())
  } catch {
    return true
  }
}
