import type { Relay } from 'ghmesh'
import { relayName } from 'ghmesh/protocol'
import type { Reached } from '../probe/reach.ts'
import type { Why } from '../probe/why.ts'
import { type Finding, failure, ok, warning } from './check.ts'
import type { Company } from './company.ts'

/** How it stands with one relay. */
interface Standing {
  said: string
  /** Absent: all is well. */
  fix?: string
}

const running = 'is ghmesh-relay running there, and is the address the one that it prints?'
const copy = 'copy the line GHMESH_RELAYS=... that ghmesh-relay prints once more'

const fixes: Record<Why['reason'], string> = {
  refused: running,
  timeout: `open the relay's ports in the firewall there (such as: sudo ufw allow 4001/tcp); is the address one that is reached from here? What it prints is set by its --announce`,
  unroutable: 'is the address one that is reached from here? What the relay prints is set by its --announce',
  name: 'is it spelt right? Else use the address with its IP',
  'wrong-peer': copy,
  self: copy,
  'not-ghmesh': running,
  silent: 'is it the right port, and is that machine overloaded?',
  unsupported: `give an address of the relay with /tcp/ too, for Node dials no others; ${copy}`,
  failed: running
}

export const noRelays = ok('none; needed only behind strict NATs and for browsers')

/** Whether members find each other through the relays that are set: reached, shown a proof, given a place. */
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
  if (state === 'reserved') return { said: `gives a place${figures(reached)}` }
  if ('why' in reached) return { said: `cannot be used: ${reached.why.message}`, fix: fixes[reached.why.reason] }
  if (refused === 'proof' && reached.report.name !== relayName) {
    return { said: `is a ghmesh, and no relay${figures(reached)}`, fix: copy }
  }
  if (refused === 'proof') {
    return {
      said: `takes no proof of this member, so it does not serve this group${figures(reached)}`,
      fix: 'start the relay with --group "$(ghmesh group)", or without any --group'
    }
  }
  if (refused === 'place') {
    return {
      said: `gives no place: it is full, or about to stop${figures(reached)}`,
      fix: 'its /metrics say why; raise its bounds (--limit reservations=...), or set up another relay'
    }
  }
  return {
    said: `answers and has not given a place yet${figures(reached)}`,
    fix: proxy === undefined ? '--wait-seconds waits longer' : 'the proxy goes on trying: look again in a minute'
  }
}

const unknownTo = (proxy: number | undefined): Standing => ({
  said: `is not known to ghmesh proxy (process ${proxy})`,
  fix: 'start the proxy again, with the same GHMESH_RELAYS'
})

function figures(reached: Reached): string {
  if (!('report' in reached)) return ''
  const { rttMs, version } = reached.report
  return ` (${Math.min(...rttMs).toFixed(1)} ms, version ${version})`
}
