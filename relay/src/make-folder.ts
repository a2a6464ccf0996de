import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

// Not by `recursive`: Node then tries for ever where the system says ENOENT although the parent is there, as in /proc.
function make(folder: string): void {
  if (isFolder(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) make(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!isFolder(folder)) throw error // else another process was faster
  }
}

/**
 * Makes a folder for its owner only, and those above it, unless they are there.
 *
 * @throws with what to do
 */
export function makeFolder(folder: string): void {
  try {
    make(folder)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Error(`cannot create ${folder} (${code}); choose another folder`, { cause })
  }
}
