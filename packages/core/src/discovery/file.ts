import { type FSWatcher, watch } from 'node:fs'
import { MeshError, toMeshError } from '../errors.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Discovery, FilePeersOptions, PeerRecord } from './discovery.ts'
import { type OwnFile, peerFolder } from './file-folder.ts'

/** Changes that come close together are looked at once, and looking takes no more than so much of the time: many start at once. */
const settleMs = 20
const restPerLook = 10
/** While nothing changes, the folder is looked at less and less often, down to this part of what `pollMs` says. */
const slowestPoll = 5

/**
 * The file registry: every member keeps `peer_<name>.json` in a folder that all can write to. For processes of one machine,
 * continuous integration, and shared folders. Of members with one name, the later adds the end of its peer id to its file's.
 * What is not understood in the folder is left alone. `start` and `announce` reject with MeshError `ERR_DISCOVERY` when the
 * folder cannot be used.
 */
export function filePeers(options: FilePeersOptions): Discovery {
  const { directory, expireMs = 300_000, pollMs = 1000, now = Date.now, onWarning = () => {} } = options
  const folder = peerFolder(directory, expireMs, now)
  let known = new Map<string, string>()
  let listener: ((peer: PeerRecord) => void) | undefined
  let own: OwnFile | undefined
  const writes = oneByOne()
  let scanning: Promise<void> | undefined
  let poll: NodeJS.Timeout | undefined
  let waitMs = pollMs
  let lookMs = 0
  let soon: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  let healthy = true
  let stopping: Promise<void> | undefined

  const unusable = (cause: unknown) =>
    toMeshError('ERR_DISCOVERY', `make ${directory} a folder that you can write to, or choose another peersDir`, cause)

  async function scan(): Promise<void> {
    const begunAt = performance.now()
    const peers = await folder.scan()
    lookMs = performance.now() - begunAt
    const before = known
    known = new Map([...peers].map(([peerId, peer]) => [peerId, JSON.stringify(peer)]))
    const news = [...peers].filter(([peerId]) => before.get(peerId) !== known.get(peerId))
    waitMs = news.length > 0 ? pollMs : Math.min(2 * waitMs, slowestPoll * pollMs)
    for (const [peerId, peer] of news) if (!stopping && peerId !== own?.peerId) listener?.(peer)
  }

  function rescan(): Promise<void> {
    scanning ??= scan().finally(() => {
      scanning = undefined
    })
    return scanning
  }

  /** For timers and watchers, out of which nothing may throw. */
  function rescanQuietly(): void {
    rescan().then(
      () => {
        healthy = true
      },
      (error) => {
        if (healthy) onWarning(unusable(error))
        healthy = false
      }
    )
  }

  function pollAgain(): void {
    poll = setTimeout(() => {
      rescanQuietly()
      pollAgain()
    }, waitMs).unref()
  }

  function watchFolder(): void {
    try {
      watcher = watch(directory, { persistent: false }, () => {
        soon ??= setTimeout(
          () => {
            soon = undefined
            rescanQuietly()
          },
          settleMs + restPerLook * lookMs
        ).unref()
      })
      watcher.on('error', () => watcher?.close())
    } catch {} // the poll remains
  }

  async function write(self: PeerRecord): Promise<void> {
    own = await folder.write(self, own)
  }

  async function end(): Promise<void> {
    clearTimeout(poll)
    clearTimeout(soon)
    watcher?.close()
    await Promise.allSettled([writes.idle(), scanning])
    if (own) await folder.withdraw(own).catch(() => {}) // it expires by itself
  }

  const check = () => {
    if (stopping) throw new MeshError('ERR_STOPPED', 'the file registry has been stopped')
  }

  return {
    name: 'file',
    async start(found) {
      check()
      listener = (peer) => {
        try {
          found(peer)
        } catch (error) {
          onWarning(toMeshError('ERR_DISCOVERY', `a listener failed for peer ${peer.peerId}`, error))
        }
      }
      try {
        await folder.make()
        await rescan()
      } catch (error) {
        throw unusable(error)
      }
      if (stopping || poll) return
      pollAgain()
      watchFolder()
      rescanQuietly() // what came between the first look and the watch
    },
    async announce(self) {
      check()
      await writes.run(() => write(self)).catch((error) => Promise.reject(unusable(error)))
    },
    stop() {
      stopping ??= end()
      return stopping
    }
  }
}
