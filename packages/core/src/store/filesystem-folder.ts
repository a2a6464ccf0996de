import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/**
 * Makes a folder for its owner only, and those above it, unless they are there. Not by `recursive`: Node then tries for ever
 * where the system says ENOENT although the parent is there, as in /proc (seen in Node 24).
 *
 * @throws the system's error
 */
export function makeFolder(folder: string): void {
  const make = () => {
    try {
      mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      if (!isFolder(folder)) throw error // else another process was faster, or it was there
    }
  }
  try {
    make()
  } catch (error) {
    const parent = dirname(folder)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || isFolder(parent)) throw error
    makeFolder(parent)
    make()
  }
}
