import { computeEtag } from 'ghmesh'
import { type Finding, notChecked, ok, warning } from './check.ts'
import { type Answer, accept, type GitHub } from './github.ts'

const meaning =
  "answers stay right, but a member's answer that has become stale is fetched anew, for one call, instead of being confirmed for nothing."
const fix = `${meaning} If a proxy stands between here and GitHub, let it leave headers and bodies alone; else look for a newer ghmesh`

/** Whether GitHub makes ETags as ghmesh does, so that a member's body can be confirmed with the own token for nothing. */
export async function checkEtag(github: GitHub, repository: string | undefined): Promise<Finding> {
  if (!github.authorization) return notChecked('without a token no confirmation is free')
  // The last is at an Enterprise Server too.
  const paths = [...(repository ? [`/repos/${repository}`] : []), '/repos/octocat/Hello-World', '/meta']
  let answer: Answer | undefined
  let path = ''
  for (path of paths) {
    answer = await github.get(path)
    if (answer.status === 200) break
  }
  if (answer?.status !== 200) return notChecked(`GitHub answered ${answer?.status} to ${paths.join(', ')}`)
  const said = /^(?:W\/)?"(.*)"$/.exec(answer.headers.get('etag') ?? '')?.[1]
  const body = answer.body
  // Apps' own credentials are not hashed.
  const own = await Promise.all([
    computeEtag(body, { accept, authorization: github.authorization }),
    computeEtag(body, { accept })
  ])
  const etag = own.find((one) => one === said)
  if (etag === undefined) return warning(`GitHub's ETag of ${path} is not the one that ghmesh computes`, fix)
  const { status } = await github.get(path, { 'if-none-match': `"${etag}"` })
  if (status === 304) return ok(`that of ${path} was computed here, and GitHub confirmed it for nothing (304)`)
  return warning(`GitHub answered ${status}, not 304, to the ETag of ${path} that ghmesh computed`, fix)
}
