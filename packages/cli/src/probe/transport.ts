import { type Libp2pTransport, libp2pTransport, type TransportHandlers } from 'ghmesh'
import { networkOptions } from '../environment.ts'

export interface BareOptions {
  /** Default 0: any. */
  listenPort?: number
  /** What a probing peer is told. */
  name?: string
  warn?(message: string): void
}

/** A running transport that belongs to no group: it receives no messages and answers only probes. */
export async function bareTransport({ listenPort = 0, name, warn }: BareOptions = {}): Promise<Libp2pTransport> {
  const onWarning = ({ message }: Error) => warn?.(`ghmesh: ${message}`)
  const transport = libp2pTransport({ ...networkOptions(), listenPort, onWarning })
  const handlers: TransportHandlers = {
    message: async () => 'ignore',
    async *request() {},
    connect() {},
    disconnect() {},
    probed: () => name
  }
  await transport.start(['ghmesh/1/probe'], handlers)
  return transport
}
