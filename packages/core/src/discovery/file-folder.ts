import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { link, lstat, open, opendir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { makeFolder } from '../store/filesystem-folder.ts'
import type { PeerRecord } from './discovery.ts'
import { formatPeer, parsePeer, peerFileName } from './peer-file.ts'

const maxFileBytes = 64 * 1024
const maxFilesRead = 1000
const maxFilesSeen = 10_000
/** Files are removed at this multiple of the expiry age. */
const removeAfter = 10

const peerFile = /^peer_.*\.json$/
/** Of a member that was killed while it wrote. */
const leftFile = /^\.ghmesh-.*\.tmp$/

/** This member's own file. */
export interface OwnFile {
  peerId: string
  name: string
  path: string
}

/** The member whose file this is; undefined for what is absent, no plain file, too large or not understood. */
async function readPeer(path: string): Promise<PeerRecord | undefined> {
  // Neither follows a link nor waits at a pipe; Windows has no such flags.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    await using file = await open(path, flags)
    const stats = await file.stat()
    if (!stats.isFile() || stats.size > maxFileBytes) return undefined
    const { buffer, bytesRead } = await file.read(Buffer.alloc(stats.size), 0, stats.size, 0)
    return parsePeer(buffer.toString('utf8', 0, bytesRead))
  } catch {
    return undefined
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false
  )

/** `state` changes whenever the file does. */
async function stateOf(path: string): Promise<{ path: string; state: string; changed: number }> {
  const { ino, ctimeMs, mtimeMs, size } = await lstat(path)
  return { path, state: `${ino} ${ctimeMs} ${size}`, changed: mtimeMs }
}

/** Everybody's files, and those that a killed one left behind. */
async function list(directory: string): Promise<string[]> {
  const paths: string[] = []
  for await (const entry of await opendir(directory)) {
    if (!entry.isFile() || !(peerFile.test(entry.name) || leftFile.test(entry.name))) continue
    if (paths.push(join(directory, entry.name)) >= maxFilesSeen) break
  }
  return paths
}

/** The files of the registry: all that touches the disk, and nothing that waits for time. */
export function peerFolder(directory: string, expireMs: number, now: () => number) {
  let read = new Map<string, { state: string; peer: PeerRecord | undefined }>()

  const live = ({ lastSeen }: PeerRecord) => Math.abs(now() - lastSeen) <= expireMs
  const make = async () => makeFolder(directory)

  async function look(file: { path: string; state: string; changed: number }): Promise<PeerRecord | undefined> {
    const isLeft = leftFile.test(basename(file.path))
    const before = read.get(file.path)
    const peer = before?.state === file.state || isLeft ? before?.peer : await readPeer(file.path)
    const dead = now() - removeAfter * expireMs
    const garbage = file.changed < dead && (isLeft || (peer !== undefined && peer.lastSeen < dead))
    // Unless its owner has come back this moment.
    if (garbage && (await stateOf(file.path)).state === file.state) await rm(file.path, { force: true })
    return peer
  }

  /**
   * Everybody who is alive, by peer id. Reads what has changed, newest files first, and removes files long expired. `names`: only
   * in these, of what may be in the folder, can anything have changed.
   */
  async function scan(names?: ReadonlySet<string>): Promise<Map<string, PeerRecord>> {
    const paths = names
      ? [...names].filter((name) => peerFile.test(name)).map((name) => join(directory, name))
      : await list(directory)
    const files = (await Promise.all(paths.map((path) => stateOf(path).catch(() => undefined))))
      .filter((file) => file !== undefined)
      .sort((a, b) => b.changed - a.changed)
      .slice(0, maxFilesRead)
    const nowRead: typeof read = new Map(names && read)
    for (const path of paths) nowRead.delete(path)
    for (const file of files)
      nowRead.set(file.path, { state: file.state, peer: await look(file).catch(() => undefined) })
    // The newest of all are read, not the newest of these.
    if (names && nowRead.size > maxFilesRead) return scan()
    read = nowRead
    const newest = new Map<string, PeerRecord>()
    for (const { peer } of read.values()) {
      if (!peer || !live(peer)) continue
      if (peer.lastSeen > (newest.get(peer.peerId)?.lastSeen ?? Number.NEGATIVE_INFINITY)) newest.set(peer.peerId, peer)
    }
    return newest
  }

  /** Takes `path` if no live member has it and, where the name could be another tool's, no other tool has it. */
  async function claim(path: string, temporary: string, peerId: string, isOwnName: boolean): Promise<boolean> {
    try {
      await link(temporary, path) // of two that do this at once, one fails
      return true
    } catch {} // taken, or a file system without links
    const holder = await readPeer(path)
    if (holder ? holder.peerId !== peerId && live(holder) : !isOwnName && (await isThere(path))) return false
    return rename(temporary, path).then(
      () => true,
      () => false
    )
  }

  /** Removes the file if it still is this member's. */
  async function withdraw({ path, peerId }: OwnFile): Promise<void> {
    if ((await readPeer(path))?.peerId === peerId) await rm(path, { force: true })
  }

  /** Writes this member's file, where it was `before` if it can. */
  async function write(self: PeerRecord, before: OwnFile | undefined): Promise<OwnFile> {
    const { peerId, name } = self
    const paths = [peerFileName(name), peerFileName(name, peerId)].map((file) => join(directory, file))
    if (before?.peerId === peerId && before.name === name) paths.unshift(before.path)
    await make()
    const temporary = join(directory, `.ghmesh-${randomUUID()}.tmp`)
    try {
      await writeFile(temporary, formatPeer(self), { mode: 0o600, flag: 'wx' })
      for (const path of paths) {
        if (!(await claim(path, temporary, peerId, path === paths.at(-1)))) continue
        if (before && before.path !== path) await withdraw(before)
        return { peerId, name, path }
      }
    } finally {
      await rm(temporary, { force: true })
    }
    throw new Error(`${paths.join(' and ')} cannot be written`)
  }

  return { make, scan, write, withdraw }
}
