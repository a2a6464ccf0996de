import { execFile } from 'node:child_process'
import type { Discovery, MdnsOptions } from '../../discovery/discovery.ts'
import { filePeers } from '../../discovery/file.ts'
import { lateDiscovery } from '../../discovery/late.ts'
import { staticPeers } from '../../discovery/static.ts'
import { filesystemStore } from '../../store/filesystem.ts'
import { lateLibp2p } from '../../transport/late-libp2p.ts'
import type { Libp2pTransport } from '../../transport/libp2p-transport.ts'
import type { Libp2pTransportOptions, Platform } from '../platform.ts'
import { readEnvironment } from './environment.ts'
import { fetchAgain } from './fetch.ts'
import { defaultCacheDir } from './folders.ts'
import { openIdentity as openNodeIdentity } from './identity.ts'
import { requireNode } from './version.ts'
import { isWebRtcInstalled } from './webrtc.ts'

export const requireRuntime: Platform['requireRuntime'] = () => requireNode('ghmesh')

export const settings: Platform['settings'] = () => readEnvironment(process.env)

export const defaultFetch: Platform['defaultFetch'] = fetchAgain

export { followRedirects } from '../../github/redirects.ts'

export { memberName } from './member-name.ts'

export const openIdentity: Platform['openIdentity'] = ({ cacheDir = defaultCacheDir() }) =>
  openNodeIdentity(cacheDir, Boolean(process.env.CI))

export const defaultStore: Platform['defaultStore'] = ({ cacheDir = defaultCacheDir(), limits }, onWarning) =>
  filesystemStore({
    directory: cacheDir,
    maxBytes: limits.filesystemBytes,
    maxEntries: limits.storeEntries,
    onWarning
  })

export const defaultDiscovery: Platform['defaultDiscovery'] = (options, onWarning, tag) => [
  ...(options.bootstrap?.length ? [staticPeers(options.bootstrap)] : []),
  ...(options.peersDir === undefined ? [] : [filePeers({ directory: options.peersDir, onWarning })]),
  // On loopback, or with a custom transport, there is nobody to find on the network.
  ...(tag !== undefined && (options.mdns ?? !(options.forceLocalhost || options.transport))
    ? [mdns({ tag, onWarning })]
    : [])
]

/** libp2p over TCP and WebSockets, in Node itself. */
export function libp2pTransport(options: Libp2pTransportOptions = {}): Libp2pTransport {
  requireNode('ghmesh', true)
  return lateLibp2p(async () => (await import('./libp2p.ts')).createTransport(options), Boolean(options.relays?.length))
}

/** Members on the local network, by multicast DNS. Works in Node only. */
export const mdns = (options: MdnsOptions): Discovery =>
  lateDiscovery('mdns', async () => (await import('../../discovery/mdns.ts')).mdns(options))

/** What `gh auth token` says of an API's host, if anything; only that tool knows where the system keeps it. */
export function findToken(apiUrl: string): Promise<string | undefined> {
  const { hostname: apiHost } = new URL(apiUrl)
  const host = apiHost === 'api.github.com' ? 'github.com' : apiHost
  return new Promise((resolve) => {
    execFile('gh', ['auth', 'token', '--hostname', host], { timeout: 3000, windowsHide: true }, (error, stdout) => {
      resolve(error ? undefined : stdout.trim() || undefined)
    })
  })
}

/** Whether members here can connect by WebRTC once a relay has brought them together. */
export const hasWebRtc = (): Promise<boolean> => isWebRtcInstalled()

export const hasTabs: Platform['hasTabs'] = false

export const onWake: Platform['onWake'] = () => () => {}

export const isHidden: Platform['isHidden'] = () => false

export { filePeers, filesystemStore }
