import { shown } from '../terminal.ts'
import { socketOf } from './address.ts'
import { tcpFailure } from './tcp.ts'

export interface Why {
  /** Stable, for programs. */
  reason:
    | 'refused'
    | 'timeout'
    | 'unroutable'
    | 'name'
    | 'wrong-peer'
    | 'self'
    | 'not-ghmesh'
    | 'silent'
    | 'unsupported'
    | 'failed'
  message: string
  /** What to do about it. */
  fix: string
  exitCode?: number
}

/** For a plain TCP connection, which tells more than libp2p does. */
const tcpMs = 1000

const reasonOfCode: Record<string, Why['reason']> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unroutable',
  ENETUNREACH: 'unroutable',
  EADDRNOTAVAIL: 'unroutable',
  EHOSTDOWN: 'unroutable',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EAI_NODATA: 'name'
}

/** Why a probe failed, and what to do about it; `connected`: it failed after the connection was established. */
export async function whyNot(error: unknown, address: string, connected: boolean): Promise<Why> {
  const socket = socketOf(address)
  const place = socket ? `${socket.host} port ${socket.port}` : address
  const { name = '', message = '', code = '' } = causeOf(error)
  const known = {
    refused: {
      message: `nothing listens at ${place}`,
      fix: 'is "ghmesh probe --serve" running there, and is this the port that it prints?'
    },
    timeout: {
      message: `${place} does not answer: a firewall drops the packets, or a NAT does not know where to send them`,
      fix: `open or forward the port there (such as: sudo ufw allow ${socket?.port ?? 9100}/tcp), or probe in the other direction, because it is enough if one side can be reached; if strict NATs prevent both, use a relay (GHMESH_RELAYS)`
    },
    unroutable: {
      message: `there is no route to ${place}`,
      fix: 'are both machines on one network or VPN? Otherwise use another of the addresses that "ghmesh probe --serve" prints'
    },
    name: {
      message: `the name ${socket?.host ?? address} cannot be resolved`,
      fix: 'is it spelt correctly? Otherwise use the address with its IP, as "ghmesh probe --serve" prints it'
    },
    'wrong-peer': {
      message: `another process answers at ${place}: ${/identity key (\w+)/.exec(message)?.[1] ?? 'its peer id is not the one in the address'}`,
      fix: 'copy the address again: "ghmesh probe --serve" has a new one at every start, and a relay prints its own'
    },
    self: {
      message: 'the address belongs to this process',
      fix: 'copy the address that "ghmesh probe --serve" prints on the other machine'
    },
    'not-ghmesh': {
      message: `the program at ${place} is not a ghmesh that answers probes`,
      fix: 'is the port correct, and is the ghmesh there as new as this one?'
    },
    silent: {
      message: `${place} accepts connections, but does not respond`,
      fix: 'is the port correct, and is that machine overloaded? On a VPN, check its MTU'
    },
    unsupported: {
      message: `this machine cannot dial ${address}`,
      fix: /\/webrtc\b/.test(address)
        ? 'use an address with /tcp/, with or without /ws: /webrtc-direct is for browsers, and /webrtc is for members that meet at a relay and have @libp2p/webrtc installed'
        : 'use an address with /tcp/, with or without /ws',
      exitCode: 2
    },
    failed: {
      message: `${place} cannot be reached: ${shown(message || name || 'unknown reason')}`,
      fix: 'is "ghmesh probe --serve" running there?'
    }
  } satisfies Record<Why['reason'], Omit<Why, 'reason'>>
  const reason = await reasonOf()
  return { reason, ...known[reason] }

  async function reasonOf(): Promise<Why['reason']> {
    const byCode = reasonOfCode[code]
    if (byCode) return byCode
    if (message === 'Can not dial self') return 'self'
    if (name === 'NoValidAddressesError') return 'unsupported'
    if (name === 'UnsupportedProtocolError') return 'not-ghmesh'
    if (/does not match expected remote identity key/.test(message)) return 'wrong-peer'
    if (connected) return /ERR_PROTOCOL/.test(code) ? 'not-ghmesh' : 'silent'
    // Did it fail before or after the port was open? A WebSocket does not say why either.
    if (!socket) return 'failed'
    const failure = await tcpFailure(socket, AbortSignal.timeout(tcpMs))
    if (failure !== undefined) return reasonOfCode[failure] ?? 'failed'
    return /timeout|abort/i.test(`${name} ${message}`) ? 'silent' : 'not-ghmesh'
  }
}

/** libp2p's own message, inside the SDK's error. */
function causeOf(error: unknown): { name?: string; message?: string; code?: string } {
  const { cause, code } = error as { cause?: object; code?: string }
  if (cause === undefined || code === 'ERR_PROTOCOL') return error as Error
  const [only] = (cause as AggregateError).errors ?? []
  return only ?? cause
}
