import { MeshError, toMeshError } from '../errors.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Discovery, FilePeersOptions, PeerRecord } from './discovery.ts'
import { type OwnFile, peerFolder } from './file-folder.ts'
import { watchFolder } from './file-watch.ts'

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
  let stopping: Promise<void> | undefined

  const unusable = (cause: unknown) =>
    toMeshError('ERR_DISCOVERY', `make ${directory} a folder that you can write to, or choose another peersDir`, cause)

  /** Tells of who is new. */
  async function look(names?: ReadonlySet<string>): Promise<boolean> {
    const peers = await folder.scan(names)
    const before = known
    known = new Map([...peers].map(([peerId, peer]) => [peerId, JSON.stringify(peer)]))
    const news = [...peers].filter(([peerId]) => before.get(peerId) !== known.get(peerId))
    for (const [peerId, peer] of news) if (!stopping && peerId !== own?.peerId) listener?.(peer)
    return news.length > 0
  }
  const watch = watchFolder({ directory, pollMs, look, failed: (error) => onWarning(unusable(error)) })

  async function write(self: PeerRecord): Promise<void> {
    own = await folder.write(self, own)
  }

  async function end(): Promise<void> {
    await Promise.all([writes.idle(), watch.stop()])
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
        await watch.lookNow()
      } catch (error) {
        throw unusable(error)
      }
      if (!stopping) watch.start()
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
