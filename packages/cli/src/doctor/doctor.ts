import { hasWebRtc } from 'ghmesh'
import {
  cacheDirOf,
  iceServers,
  listenPort,
  networkingOff,
  networkOptions,
  registryRepository,
  relayAddresses,
  secretInEnvironment
} from '../environment.ts'
import { createOutput } from '../output.ts'
import { defaultSocket } from '../proxy/socket-path.ts'
import { checkCache } from './cache.ts'
import { notChecked, ok, warning } from './check.ts'
import { checkClock } from './clock.ts'
import { type Company, meet } from './company.ts'
import { checkEtag } from './etag.ts'
import { checkGh } from './gh.ts'
import { checkGitHub, createGitHub } from './github.ts'
import { checkMembers } from './members.ts'
import { checkNode } from './node.ts'
import { checkPort } from './port.ts'
import { checkQuota } from './quota.ts'
import { checkRegistry } from './registry.ts'
import { checkRelays, noRelays } from './relays.ts'
import { createReport } from './report.ts'
import { checkSecret } from './secret.ts'
import { checkSettings } from './settings.ts'
import { checkToken, usedToken } from './token.ts'
import { checkWebRtc } from './webrtc.ts'

export interface DoctorFlags {
  waitSeconds: number
  json?: boolean
}

/** `ghmesh doctor`: everything that ghmesh needs, one line each. */
export async function doctor(flags: DoctorFlags, signal: AbortSignal): Promise<number> {
  const output = createOutput(flags)
  const { checks, check } = createReport(output, signal)
  const waitMs = flags.waitSeconds * 1000
  const secret = secretInEnvironment()
  const off = networkingOff()
  const repository = registryRepository()
  await check('node', () => checkNode())
  const settings = await check('settings', () => checkSettings())
  await check('cache', () => checkCache(cacheDirOf(undefined)))
  const group = await check('secret', () => checkSecret(secret))

  const token = settings === 'failure' ? undefined : await usedToken()
  const github = createGitHub({ token: token?.value, waitMs, signal })
  const first = settings === 'failure' ? undefined : await checkGitHub(github)
  const unset = 'a setting is invalid'
  await check('github', () => first?.finding ?? notChecked(unset))
  const { answer } = first ?? {}
  const unreached = first ? 'GitHub cannot be reached' : unset
  const unasked = answer?.status === 401 ? 'GitHub refuses the token' : unreached
  const asked = answer?.status === 401 ? undefined : answer
  await check('token', () => (first ? checkToken(token, answer?.status) : notChecked(unset)))
  await check('quota', () => (asked ? checkQuota(asked) : notChecked(unasked)))
  await check('clock', () => (answer ? checkClock(answer) : notChecked(unreached)))
  await check('etag', () => (asked ? checkEtag(github, repository) : notChecked(unasked)))
  await check('registry', () => {
    if (repository === undefined) return ok('not used, because GITHUB_REPOSITORY is not set')
    if (off !== undefined) return notChecked(off)
    if (!secret || group === 'failure') return notChecked('it is used only with a secret')
    if (!asked) return notChecked(unasked)
    return checkRegistry({ github, repository, secret: secret.value, token: token?.value })
  })

  await check('port', () =>
    settings === 'failure'
      ? notChecked(unset)
      : checkPort(listenPort(), networkOptions().forceLocalhost ? '127.0.0.1' : '0.0.0.0')
  )
  let ghUses: string | undefined
  await check('gh', async () => {
    const { finding, socket } = await checkGh()
    ghUses = socket
    return finding
  })
  let company: Company | undefined
  await check('relays', async () => {
    if (settings === 'failure') return notChecked(unset)
    if (off !== undefined && relayAddresses().length > 0) return notChecked(off)
    if (secret && off === undefined && group !== 'failure') {
      const sockets = [defaultSocket(), ...(ghUses === undefined ? [] : [ghUses])]
      company = await meet({ github, sockets, waitMs, signal })
      return checkRelays(company)
    }
    return relayAddresses().length === 0 ? noRelays : notChecked('they are used only with a secret')
  })
  const usesRelays = company ? company.reached.size > 0 : relayAddresses().length > 0
  if (usesRelays) await check('webrtc', async () => checkWebRtc(await hasWebRtc(), iceServers()))
  await check('members', () => {
    if (off !== undefined) return warning('there are none', off)
    if (!secret || group === 'failure') return notChecked('there are none without a secret')
    if (settings === 'failure') return notChecked(unset)
    return company ? checkMembers(company, flags.waitSeconds) : notChecked('the search for them failed')
  })

  const healthy = checks.every(({ status }) => status !== 'failure')
  if (flags.json) output.document({ ok: healthy, checks })
  return healthy ? 0 : 1
}
