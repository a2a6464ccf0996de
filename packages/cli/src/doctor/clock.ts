import { clockOffsetMs, defaultLimits } from 'ghmesh'
import { type Finding, failure, notChecked, ok, warning } from './check.ts'
import type { Answer } from './github.ts'

const fix = 'let the system synchronise its clock over the network (such as: sudo timedatectl set-ntp true)'

/** Compares this machine's clock with GitHub's. */
export function checkClock({ headers, sentAt, receivedAt }: Answer): Finding {
  const offsetMs = clockOffsetMs(headers.get('date'), sentAt, receivedAt)
  if (offsetMs === undefined) return notChecked('GitHub sent no time')
  const seconds = Math.round(Math.abs(offsetMs) / 100) / 10
  const said = `${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead of'} GitHub's`
  if (Math.abs(offsetMs) > defaultLimits.messageAgeMs)
    return failure(`it is ${said}, so members ignore each other's messages`, fix)
  if (Math.abs(offsetMs) > defaultLimits.clockSkewMs) return warning(`it is ${said}`, fix)
  return ok(offsetMs === 0 ? "the same as GitHub's" : said)
}
