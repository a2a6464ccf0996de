import { createStore, update } from 'idb-keyval'
import { inTime } from '../../abort.ts'
import { type Bytes, hex } from '../../bytes.ts'
import { staticPeers } from '../../discovery/static.ts'
import { MeshError } from '../../errors.ts'
import { platformFetch } from '../../github/origin.ts'
import { indexedDbStore } from '../../store/indexeddb.ts'
import { lateLibp2p } from '../../transport/late-libp2p.ts'
import type { Identity, Platform } from '../platform.ts'
import { knowsWebRtc } from './webrtc.ts'

const onlyInNode = (name: string): never => {
  throw new MeshError('ERR_INVALID_OPTION', `${name} works in Node only; leave it out in browsers`)
}

export const requireRuntime: Platform['requireRuntime'] = () => {}

export const settings: Platform['settings'] = () => []

export const defaultFetch: Platform['defaultFetch'] = platformFetch

export const followRedirects: Platform['followRedirects'] = undefined

export const memberName: Platform['memberName'] = () => `browser-${hex(crypto.getRandomValues(new Uint8Array(3)))}`

interface Kept {
  machineKey: Bytes
  /** Made when this member first has others to show it to. */
  privateKey?: Bytes
}

/** IndexedDB can fall silent (another connection stands in the way); what is waited for is only a name. */
const identityAnswerMs = 2000

/** What cannot be read counts as absent. */
function whole(stored: unknown, isPrivateKey: (bytes: Uint8Array) => boolean): Kept | undefined {
  const { machineKey, privateKey } = (stored ?? {}) as Partial<Kept>
  if (!(machineKey instanceof Uint8Array && machineKey.byteLength === 32)) return undefined
  if (privateKey === undefined) return { machineKey }
  return privateKey instanceof Uint8Array && isPrivateKey(privateKey) ? { machineKey, privateKey } : undefined
}

/** Kept in IndexedDB; of several tabs, one holds it by a Web Lock and the others get one of their own. */
export const openIdentity: Platform['openIdentity'] = async (_options, connects) => {
  const keys = connects ? await import('../../libp2p/private-key.ts') : undefined
  const made: Kept = {
    machineKey: crypto.getRandomValues(new Uint8Array(32)),
    ...(keys && { privateKey: await keys.newPrivateKey() })
  }
  let kept = made
  let late = false
  try {
    const keeping = update<unknown>(
      'identity',
      (before) => {
        if (late) return before // what is in use without its lock must not become another tab's
        kept = { ...made, ...whole(before, keys?.isPrivateKey ?? (() => true)) }
        return kept
      },
      createStore('ghmesh-identity', 'identity')
    )
    await inTime(keeping, identityAnswerMs)
  } catch {
    late = true
    return { ...made, release: async () => {} } // private browsing: one for this page
  }
  const release = connects ? await lock('ghmesh identity') : undefined
  return release ? { ...kept, release } : { machineKey: kept.machineKey, release: async () => {} }
}

/** Resolves to what lets go of the lock, or to undefined when another tab holds it. */
function lock(name: string): Promise<Identity['release'] | undefined> {
  if (!navigator.locks) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (held) => {
        if (!held) return resolve(undefined)
        return new Promise<void>((letGo) => resolve(async () => letGo()))
      })
      .catch(() => resolve(undefined))
  })
}

export const defaultStore: Platform['defaultStore'] = ({ limits }) =>
  indexedDbStore({ maxBytes: limits.indexedDbBytes, maxEntries: limits.storeEntries })

export const defaultDiscovery: Platform['defaultDiscovery'] = ({ bootstrap = [] }) =>
  bootstrap.length > 0 ? [staticPeers(bootstrap)] : []

/** libp2p over WebSockets and, in pages, WebRTC: to relays, and through them to members. */
export const libp2pTransport: Platform['libp2pTransport'] = (options = {}) =>
  lateLibp2p(async () => (await import('./libp2p.ts')).createTransport(options), Boolean(options.relays?.length))

export const findToken: Platform['findToken'] = async () => undefined

export const hasWebRtc: Platform['hasWebRtc'] = async () => knowsWebRtc()

export const hasTabs: Platform['hasTabs'] = Boolean(globalThis.navigator?.locks && globalThis.BroadcastChannel)

/** A hidden page's timers fire once a minute: these come at once. */
export const onWake: Platform['onWake'] = (wake) => {
  const control = new AbortController()
  const { signal } = control
  const seen = () => {
    if (document.visibilityState === 'visible') wake()
  }
  for (const type of ['online', 'pageshow']) globalThis.addEventListener?.(type, wake, { signal })
  for (const type of ['visibilitychange', 'resume']) globalThis.document?.addEventListener(type, seen, { signal })
  return () => control.abort()
}

export const isHidden: Platform['isHidden'] = () => globalThis.document?.visibilityState === 'hidden'

export const filesystemStore: Platform['filesystemStore'] = () => onlyInNode('filesystemStore')

export const filePeers: Platform['filePeers'] = () => onlyInNode('filePeers')

export const mdns: Platform['mdns'] = () => onlyInNode('mdns')
