import { hostname } from 'node:os'
import type { ProbeReport } from 'ghmesh'
import { relayName } from 'ghmesh/protocol'
import { CliError } from '../errors.ts'
import type { Output } from '../output.ts'
import { shown } from '../terminal.ts'
import { isOwnHost, readAddress, socketOf } from './address.ts'
import { reach } from './reach.ts'

/** `ghmesh probe <multiaddr>`: prints who answers, or why nobody does. */
export async function ask(copied: string, waitSeconds: number, output: Output, signal: AbortSignal): Promise<number> {
  const address = readAddress(copied)
  const done = output.waiting(`Probing ${address}`)
  const answered = await reach(address, waitSeconds * 1000, signal).finally(done)
  if ('why' in answered) {
    const { reason, message, fix, exitCode = 1 } = answered.why
    if (output.json) output.document({ ok: false, address, reason, error: message, fix })
    throw new CliError(`${message}; ${fix}`, exitCode)
  }
  tell(address, answered.report, output)
  return 0
}

function tell(address: string, report: ProbeReport, output: Output): void {
  const { peerId, version, path, transport, rttMs } = report
  const relay = report.name === relayName
  const host = report.name === undefined || relay ? undefined : shown(report.name)
  const other = isOther(address, report)
  const sum = rttMs.reduce((total, ms) => total + ms, 0)
  const trip = { min: Math.min(...rttMs), avg: sum / rttMs.length, max: Math.max(...rttMs) }
  if (output.json) {
    const rtt = Object.fromEntries(Object.entries(trip).map(([name, ms]) => [name, Number(ms.toFixed(3))]))
    const where = { peer_id: peerId, host, relay, version, path, transport }
    output.document({ ok: true, address, ...where, rtt_ms: { ...rtt, rounds: rttMs.length }, other_host: other })
  }
  const [min, avg, max] = Object.values(trip).map((ms) => ms.toFixed(1))
  output.line(`Reached ${other ? 'another host' : 'this same host'}`)
  output.line(
    `  host: ${host ?? (relay ? 'not shown: it is a relay' : 'not shown: members reveal it to members only')}`
  )
  output.line(`  peer_id: ${peerId}`)
  output.line(`  version: ${version}`)
  output.line(`  round trip: min ${min} ms, avg ${avg} ms, max ${max} ms (${rttMs.length} rounds)`)
  output.line(`  path: ${path}, ${transport}`)
  if (!other) {
    output.note('ghmesh: the answer came from this machine itself, so it proves nothing about the path to another one')
  } else if (host === hostname()) {
    output.note(
      `ghmesh: the other host has the same name as this one, ${host}; but its address is not one of this machine`
    )
  }
}

/** A host with another name is another host, even behind a forwarded port of this machine. */
function isOther(address: string, { name, path }: ProbeReport): boolean {
  if (name !== undefined && name !== relayName && name !== hostname()) return true
  const { host = '' } = socketOf(address) ?? {}
  return path === 'relayed' || !isOwnHost(host)
}
