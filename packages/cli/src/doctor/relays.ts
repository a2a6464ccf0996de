import type { Relay } from 'ghmesh'
import { relayName } from 'ghmesh/protocol'
import type { Reached } from '../probe/reach.ts'
import type { Why } from '../probe/why.ts'
import { type Finding, failure, ok, warning } from './check.ts'
import type { Company } from './company.ts'

/** The state of one relay. */
interface Standing {
  said: string
  /** Absent: all is well. */
  fix?: string
}

const running = 'is ghmesh-relay running there, and is this the address that it prints?'
const copy = 'copy the line GHMESH_RELAYS=... again from the output of ghmesh-relay'

const fixes: Record<Why['reason'], string> = {
  refused: running,
  timeout: `open the relay's ports in the firewall there (such as: sudo ufw allow 4001/tcp); can the address be reached from here? Its --announce sets what it prints`,
  unroutable: "can the address be reached from here? The relay's --announce sets what it prints",
  name: 'is it spelt correctly? Otherwise use the address with its IP',
  'wrong-peer': copy,
  self: copy,
  'not-ghmesh': running,
  silent: 'is the port correct, and is that machine overloaded?',
  unsupported: `also set an address of the relay with /tcp/, because Node dials no others; ${copy}`,
  failed: running
}

export const noRelays = ok('none; needed only behind strict NATs and for browsers')

/** Whether members can find each other through the configured relays: each is reached, shown a proof, and reserved. */
export function checkRelays({ relays, reached, proxy }: Company): Finding {
  if (reached.size === 0) return noRelays
  const standings = [...reached].map(([id, one]) => {
    const relay = relays.find((known) => known.id === id)
    return { id, ...(relay ? standingOf(relay, one, proxy) : unknownTo(proxy)) }
  })
  const said = standings.map(({ id, said }) => `…${id.slice(-8)} ${said}`).join('; ')
  const wrong = standings.flatMap(({ fix }) => fix ?? [])
  if (wrong.length === 0) return ok(said)
  const fix = [...new Set(wrong)].join('; ')
  // One is enough to meet at.
  return wrong.length < standings.length ? warning(said, fix) : failure(said, fix)
}

function standingOf({ state, refused }: Relay, reached: Reached, proxy: number | undefined): Standing {
  if (state === 'reserved') return { said: `granted a reservation${figures(reached)}` }
  if ('why' in reached) return { said: `cannot be used: ${reached.why.message}`, fix: fixes[reached.why.reason] }
  if (refused === 'proof' && reached.report.name !== relayName) {
    return { said: `is a ghmesh, but not a relay${figures(reached)}`, fix: copy }
  }
  if (refused === 'proof') {
    return {
      said: `refuses the proof of this member, so it does not serve this group${figures(reached)}`,
      fix: 'start the relay with --group "$(ghmesh group)", or without --group'
    }
  }
  if (refused === 'place') {
    return {
      said: `grants no reservation: it is full, or about to stop${figures(reached)}`,
      fix: 'its /metrics show why; raise its limits (--limit reservations=...), or set up another relay'
    }
  }
  return {
    said: `answers, but has not granted a reservation yet${figures(reached)}`,
    fix: proxy === undefined ? 'wait longer with --wait-seconds' : 'the proxy keeps trying: check again in a minute'
  }
}

const unknownTo = (proxy: number | undefined): Standing => ({
  said: `is not known to ghmesh proxy (process ${proxy})`,
  fix: 'restart the proxy with the same GHMESH_RELAYS'
})

function figures(reached: Reached): string {
  if (!('report' in reached)) return ''
  const { rttMs, version } = reached.report
  return ` (${Math.min(...rttMs).toFixed(1)} ms, version ${version})`
}
