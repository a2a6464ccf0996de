import { type Finding, failure, ok, warning } from './check.ts'
import type { Answer } from './github.ts'

const low = 0.1

/** What is left of the primary rate limit, from GitHub's response to `/rate_limit`. */
export function checkQuota({ status, json }: Answer): Finding {
  if (status === 404) return ok('GitHub sets no limit here')
  const core = (json?.resources as { core?: { limit: number; remaining: number; reset: number } } | undefined)?.core
  if (!core || ![core.limit, core.remaining, core.reset].every(Number.isFinite)) {
    return failure(`GitHub did not report it (status ${status})`, 'wait a minute and try again')
  }
  const until = new Date(core.reset * 1000).toISOString().replace(/:\d\d\.\d+Z$/, 'Z')
  const said = `${core.remaining} of ${core.limit} calls left until ${until}`
  const fix = "until then, members use the cache as far as they can; another user's token has its own quota"
  if (core.remaining === 0) return failure(said, fix)
  return core.remaining < core.limit * low ? warning(said, fix) : ok(said)
}
