import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { filesystemStore } from 'ghmesh'
import { messageOf } from '../errors.ts'
import { type Finding, failure, ok, warning } from './check.ts'

const ofOthers = 0o077
/** The folder, and the files in it that nobody else may read. */
const privateThings = ['', 'cache.db', 'identity.json']

/** Whether the cache's folder can be created, written and read, and is private to its owner. */
export async function checkCache(directory: string): Promise<Finding> {
  let damage: string | undefined
  const store = filesystemStore({
    directory,
    onWarning({ message }) {
      damage = message
    }
  })
  try {
    // The first entry is enough: opening the cache is what finds damage.
    for await (const _ of store.list()) break
  } catch (error) {
    // The SDK's own advice comes last.
    const [, what = messageOf(error), advice = 'make it a folder that you can write to, or choose another'] =
      /^(.*\)): (.*, or choose another)\b/.exec(messageOf(error)) ?? []
    return failure(what, advice.replace(/choose another$/, 'set IPFS_ACCELERATE_CACHE_DIR to another'))
  } finally {
    await store.close()
  }
  if (damage !== undefined) {
    return warning(damage, 'nothing to do; if it happens again, check the disk')
  }
  const open = process.platform === 'win32' ? [] : await readableByOthers(directory)
  if (open.length === 0) return ok(directory)
  return warning(`other users can read ${open.join(', ')}`, `chmod go= ${open.map((path) => `'${path}'`).join(' ')}`)
}

async function readableByOthers(directory: string): Promise<string[]> {
  const paths = privateThings.map((name) => join(directory, name))
  const modes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mode }) => mode,
        () => 0
      )
    )
  )
  return paths.filter((_path, i) => ((modes[i] ?? 0) & ofOthers) !== 0)
}
