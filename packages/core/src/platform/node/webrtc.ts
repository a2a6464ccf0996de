import { createRequire } from 'node:module'
import type { IceServer } from '../../web-types.ts'

let users = 0

/** Bundlers of servers leave it alone: they would fail where it is not installed. */
const importWebRtc = () =>
  import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ '@libp2p/webrtc')

/**
 * libp2p's WebRTC for members that a relay has brought together; undefined where `@libp2p/webrtc`, an optional peer of this
 * package, is not installed or not made for this system. Every caller that gets it calls `stop`.
 */
export async function loadWebRtc(iceServers: IceServer[] = []) {
  try {
    const { webRTC } = await importWebRtc()
    users++
    return { transport: webRTC({ rtcConfiguration: { iceServers } }), stop }
  } catch {
    return undefined
  }
}

/** Whether it is installed here, and made for this system. */
export const isWebRtcInstalled = (): Promise<boolean> =>
  importWebRtc().then(
    () => true,
    () => false
  )

/**
 * The native part of a connection whose other side went first is never let go of, and with it the process. It can only be
 * ended as a whole, so by the last of its users.
 */
function stop(): void {
  if (--users > 0) return
  // Webpack warns of a call on it.
  const { resolve } = import.meta
  try {
    const require = createRequire(resolve('@libp2p/webrtc'))
    const { cleanup } = require('node-datachannel') as { cleanup(): void }
    cleanup()
  } catch {
    // A bundler has put it into another file, so it cannot be found: then the process does not end by itself.
  }
}
