import type { ComponentLogger, Logger } from '@libp2p/interface'

const silent: Logger = Object.assign(() => {}, {
  enabled: false,
  error() {},
  trace() {},
  newScope: () => silent
})

/**
 * libp2p's own log where `DEBUG` asks for it (such as `DEBUG=libp2p:*`), else silence: its logger (6.2) looks whether it writes
 * to a terminal for each connection and each stream, also where it writes nothing.
 */
export const libp2pLog = (debug = process.env.DEBUG): { logger?: ComponentLogger } =>
  debug ? {} : { logger: { forComponent: () => silent } }
