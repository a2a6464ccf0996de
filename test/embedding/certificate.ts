import { createRelay, type RelayOptions } from '@ghmesh/relay'

/** One that nobody has signed, as a relay makes it for WebRTC. */
export async function certificate(): Promise<NonNullable<RelayOptions['tls']>> {
  const relay = createRelay({ host: '127.0.0.1', tcpPort: 0, webSocketPort: 'off', webRtcPort: 0 })
  await relay.start()
  const { pem, privateKey } = relay.certificate ?? {}
  await relay.stop()
  return { cert: pem as string, key: privateKey as string }
}
