export { defaultRelayLimits, type RelayLimits } from './limits.ts'
export { createRelay, type Relay, type RelayFigures, type RelayOptions } from './relay.ts'
export type { Reason, Tally } from './tally.ts'
