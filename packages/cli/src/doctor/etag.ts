import { computeEtag } from 'ghmesh'
import { type Finding, notChecked, ok, warning } from './check.ts'
import { type Answer, accept, type GitHub } from './github.ts'

const meaning =
  'responses stay correct, but a stale response from a member is fetched again, for one call, instead of being confirmed free of charge.'
const fix = `${meaning} If there is a proxy between this machine and GitHub, make it leave headers and bodies unchanged; otherwise look for a newer ghmesh`

/** Whether GitHub makes ETags as ghmesh does, so that a member's body can be confirmed with this member's own token free of charge. */
export async function checkEtag(github: GitHub, repository: string | undefined): Promise<Finding> {
  if (!github.authorization) return notChecked('without a token no confirmation is free')
  // An Enterprise Server has the last one too.
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
  if (status === 304) return ok(`ghmesh computed the ETag of ${path}, and GitHub confirmed it free of charge (304)`)
  return warning(`GitHub answered ${status}, not 304, to the ETag of ${path} that ghmesh computed`, fix)
}
