import type { Mesh, MeshStats, Peer, Relay } from 'ghmesh'
import { useEffect, useState } from 'preact/compat'
import { lastingTexts } from '../storage.ts'
import { type LoggedEvent, listen, logged } from './event-log.ts'
import { addSavings, noSavings, type Savings, savingsIn } from './savings.ts'
import { addTraffic, answeredOf, noTraffic, type Traffic } from './traffic.ts'

/** The mesh as it is now. */
export interface Live {
  peers: Peer[]
  relays: Relay[]
  stats?: MeshStats | undefined
  events: LoggedEvent[]
  traffic: Traffic
  savings: Savings
}

export const nothing: Live = { peers: [], relays: [], events: [], traffic: noTraffic, savings: noSavings }
const savingsKey = 'ghmesh dashboard savings'
const savingsEveryMs = 2000
const everyMs = 1000

/** The old value where the new one says the same, so that nothing is drawn again for it. */
const unlessSame = <T>(before: T, now: T): T => (JSON.stringify(before) === JSON.stringify(now) ? before : now)

/** Looks at the mesh every second, and at once when a member comes or goes. */
export function useLive(mesh: Mesh | undefined): Live {
  const [live, setLive] = useState(nothing)

  useEffect(() => {
    if (!mesh) return
    setLive(nothing)
    let countedAt = 0
    const tab = String(Math.random())
    /** All tabs of this browser count together: what one has counted, the others find in the storage. */
    const count = (before: Savings): Savings => {
      if (Date.now() - countedAt < savingsEveryMs) return before
      countedAt = Date.now()
      const { members } = mesh.stats({ group: true })
      const totals = Object.fromEntries(Object.entries(members).map(([name, stats]) => [name, stats.apiCallsSaved]))
      const savings = addSavings(savingsIn(lastingTexts.read(savingsKey)), totals, Date.now(), tab)
      lastingTexts.keep(savingsKey, JSON.stringify(savings))
      return unlessSame(before.days, savings.days) === before.days ? before : savings
    }
    const look = () =>
      setLive((before) => {
        const stats = mesh.stats()
        const after = {
          peers: unlessSame(before.peers, mesh.peers()),
          relays: unlessSame(before.relays, mesh.relays()),
          stats: unlessSame(before.stats, stats),
          traffic: addTraffic(before.traffic, answeredOf(stats), Date.now()),
          events: before.events,
          savings: count(before.savings)
        }
        const same = (Object.keys(after) as (keyof Live)[]).every((key) => before[key] === after[key])
        return same ? before : after
      })
    let id = 0
    const unlisten = listen(mesh, (what, about) => {
      id++
      const event = { id, at: Date.now(), what, about }
      setLive((before) => ({ ...before, events: logged(before.events, event) }))
      if (what.startsWith('Member')) look()
    })
    look()
    const timer = setInterval(look, everyMs)
    return () => {
      clearInterval(timer)
      unlisten()
    }
  }, [mesh])

  return live
}
