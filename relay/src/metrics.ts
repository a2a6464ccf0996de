import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Relay, RelayFigures } from './relay.ts'

const gauges: Record<keyof RelayFigures, [name: string, help: string]> = {
  members: ['members', 'Connected peers that have shown a proof'],
  connections: ['connections', 'Open connections'],
  reservations: ['reservations', 'Reservations of connected peers'],
  circuits: ['circuits', 'Open circuits'],
  groups: ['groups', 'Groups with a member here'],
  topics: ['topics', 'Joined gossip topics'],
  shelfRecords: ['shelf_records', 'Records on the shelf'],
  shelfBytes: ['shelf_bytes', 'Bytes of the records on the shelf'],
  shelfGroups: ['shelf_groups', 'Groups that have a record on the shelf']
}

/** The metrics of a relay, in Prometheus' text format, read at each request. */
export function createMetrics(relay: Pick<Relay, 'figures' | 'tally'>): Registry {
  const registry = new Registry()
  const registers = [registry]
  for (const [figure, [name, help]] of Object.entries(gauges)) {
    new Gauge({
      name: `ghmesh_relay_${name}`,
      help,
      registers,
      collect() {
        this.set(relay.figures[figure as keyof RelayFigures])
      }
    })
  }
  const count = (name: string, help: string, value: () => number) =>
    new Counter({
      name: `ghmesh_relay_${name}_total`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(value())
      }
    })
  const { tally } = relay
  count('messages', 'Forwarded gossip messages', () => tally.messages)
  count('message_bytes', 'Bytes of forwarded gossip messages, each counted once', () => tally.messageBytes)
  count('circuits_opened', 'Circuits opened', () => tally.circuitsOpened)
  count('circuit_bytes', 'Bytes carried by circuits, each counted once', () => tally.circuitBytes)
  count('shelf_puts', 'Records left on the shelf', () => tally.shelfPuts)
  count('shelf_gets', 'Records taken from the shelf', () => tally.shelfGets)
  new Counter({
    name: 'ghmesh_relay_rejections_total',
    help: 'Refusals, by reason',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset()
      for (const [reason, times] of Object.entries(tally.rejections)) this.inc({ reason }, times)
    }
  })
  collectDefaultMetrics({ register: registry })
  return registry
}
