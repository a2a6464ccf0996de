import { execFile } from 'node:child_process'
import { hostname } from 'node:os'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import envPaths from 'env-paths'
import { filePeers } from '../discovery/file.ts'
import { staticPeers } from '../discovery/static.ts'
import { filesystemStore } from '../store/filesystem.ts'
import { createLibp2pTransport } from '../transport/libp2p.ts'
import { readEnvironment } from './node-environment.ts'
import { openIdentity as openNodeIdentity } from './node-identity.ts'
import { listenOn } from './node-listen.ts'
import type { Platform } from './platform.ts'

const defaultCacheDir = () => envPaths('ghmesh', { suffix: '' }).cache

export const settings: Platform['settings'] = () => readEnvironment(process.env)

export const seesRedirects: Platform['seesRedirects'] = true

export const memberName: Platform['memberName'] = () => hostname()

export const openIdentity: Platform['openIdentity'] = ({ cacheDir = defaultCacheDir() }) =>
  openNodeIdentity(cacheDir, Boolean(process.env.CI))

export const defaultStore: Platform['defaultStore'] = ({ cacheDir = defaultCacheDir() }, onWarning) =>
  filesystemStore({ directory: cacheDir, onWarning })

export const defaultDiscovery: Platform['defaultDiscovery'] = ({ bootstrap = [], peersDir }, onWarning) => [
  ...(bootstrap.length > 0 ? [staticPeers(bootstrap)] : []),
  ...(peersDir === undefined ? [] : [filePeers({ directory: peersDir, onWarning })])
]

/** libp2p over TCP and WebSockets. */
export const libp2pTransport: Platform['libp2pTransport'] = (options = {}) =>
  createLibp2pTransport({
    transports: [tcp(), webSockets()],
    privateKey: options.privateKey,
    listen: listenOn(options)
  })

/** What `gh auth token` says; only that tool knows where the system keeps it. */
export const findToken: Platform['findToken'] = (apiUrl) => {
  const { hostname: apiHost } = new URL(apiUrl)
  const host = apiHost === 'api.github.com' ? 'github.com' : apiHost
  return new Promise((resolve) => {
    execFile('gh', ['auth', 'token', '--hostname', host], { timeout: 3000, windowsHide: true }, (error, stdout) => {
      resolve(error ? undefined : stdout.trim() || undefined)
    })
  })
}

export { filePeers, filesystemStore }
