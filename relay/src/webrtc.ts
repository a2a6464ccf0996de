import { createHash } from 'node:crypto'
import { createBucket } from 'ghmesh/protocol'
import type { Libp2pOptions } from 'libp2p'
import type { WebRtcCertificate } from './certificate.ts'
import { createCounter } from './counter.ts'

type MakeTransport = NonNullable<Libp2pOptions['transports']>[number]

const yearMs = 365 * 24 * 3_600_000
const lifespanMs = 20 * yearMs

/** The internals of the transport's class that are used here (webrtc 6.0): it creates a certificate, and sets no timer. */
interface Inside {
  createCertificate(
    key: undefined,
    keys: CryptoKeyPair
  ): Promise<{ rawData: ArrayBuffer; toString(format: 'pem'): string }>
}

/**
 * WebRTC, over which browsers connect without a certificate from a public authority.
 *
 * @throws if its native part is not installed or does not load
 */
export async function loadWebRtc(
  known: WebRtcCertificate | undefined,
  bounds: WebRtcBounds
): Promise<{ transport: MakeTransport; certificate: WebRtcCertificate }> {
  const { webRTCDirect } = await import('@libp2p/webrtc')
  // No STUN servers: a relay knows its own addresses.
  const rtcConfiguration = { iceServers: [] }
  const certificate = known ?? (await createCertificate(webRTCDirect))
  const make = webRTCDirect({ rtcConfiguration, certificate } as object) as MakeTransport
  return { transport: (components) => guarded(make(components), bounds), certificate }
}

/** Limits for handshakes: how many at once, and how many per second. */
export interface WebRtcBounds {
  webRtcHandshakes: number
  webRtcHandshakesPerAddress: number
  webRtcHandshakesPerSecond: number
  hostOf(address: string): string | undefined
  now(): number
  /** A handshake was refused before it began. */
  refused(): void
}

/** The internals of the transport's listener that are used here (webrtc 6.0). */
interface Listening {
  connections: Map<string, { close(): void }>
  incomingConnection(ufrag: string, host: string, port: number, signal: AbortSignal): Promise<void>
}

function guarded(transport: ReturnType<MakeTransport>, bounds: WebRtcBounds): ReturnType<MakeTransport> {
  const createListener = transport.createListener.bind(transport)
  transport.createListener = (options) => {
    const listener = createListener(options)
    boundHandshakes(listener as unknown as Listening, bounds)
    return closingAtOnce(listener)
  }
  return transport
}

/**
 * Each STUN request with a new name begins a handshake, which takes threads and memory, and its sender's address can be forged.
 * So only a few run at once, and a few per second, however many requests arrive. A new one does not displace an older one,
 * because most new ones may be forged.
 */
function boundHandshakes(listener: Listening, bounds: WebRtcBounds): void {
  const underWay = new Set<string>()
  const from = createCounter()
  const rate = createBucket(bounds.webRtcHandshakesPerSecond, bounds.webRtcHandshakes, bounds.now)
  const begin = listener.incomingConnection.bind(listener)

  listener.incomingConnection = async (ufrag, address, port, signal) => {
    const name = `${address} ${port} ${ufrag}`
    if (underWay.has(name)) return // the same request, sent again
    const host = bounds.hostOf(address)
    const full = underWay.size >= bounds.webRtcHandshakes || from.of(host) >= bounds.webRtcHandshakesPerAddress
    if (full || !rate.take()) return bounds.refused()
    underWay.add(name)
    from.add(host, 1)
    try {
      await begin(ufrag, address, port, signal)
    } finally {
      underWay.delete(name)
      from.add(host, -1)
    }
  }
}

/** Without this, closing waits until every connection says that it is closed; one whose other side vanished never does. */
function closingAtOnce(listener: ReturnType<ReturnType<MakeTransport>['createListener']>): typeof listener {
  const { connections } = listener as unknown as Listening
  const close = listener.close.bind(listener)
  listener.close = () => {
    for (const connection of connections.values()) connection.close()
    connections.clear()
    return close()
  }
  return listener
}

async function createCertificate(
  webRTCDirect: typeof import('@libp2p/webrtc').webRTCDirect
): Promise<WebRtcCertificate> {
  const log = Object.assign(() => {}, { trace() {} })
  const components = { logger: { forComponent: () => log } }
  // The library's own certificates last for 14 days, and its renewal timer cannot be set to more than 24.
  const maker = webRTCDirect({ certificateLifespan: lifespanMs } as object)(components as never) as unknown as Inside
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' }
  const keys = (await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])) as CryptoKeyPair
  const made = await maker.createCertificate(undefined, keys)
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const digest = createHash('sha256').update(new Uint8Array(made.rawData)).digest()
  return {
    privateKey: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, '$&\n').trim()}\n-----END PRIVATE KEY-----`,
    pem: made.toString('pem'),
    // A multihash (SHA-256, 32 bytes) in multibase (base64url).
    certhash: `u${Buffer.concat([Buffer.of(0x12, 0x20), digest]).toString('base64url')}`
  }
}
