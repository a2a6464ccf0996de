export { defaultRelayLimits, type RelayLimits } from './limits.ts'
export { createRelay, type Relay, type RelayFigures, type RelayLogger, type RelayOptions } from './relay.ts'
export type { Reason, Tally } from './tally.ts'
export type { WebRtcCertificate } from './webrtc.ts'
