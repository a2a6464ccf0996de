import { makeFolder as make } from 'ghmesh/node-folder'

/**
 * Makes a folder for its owner only, and those above it, unless they are there.
 *
 * @throws with the option that chooses another one
 */
export function makeFolder(folder: string, option: string): void {
  try {
    make(folder)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Error(`cannot create ${folder} (${code}); choose another with ${option}`, { cause })
  }
}
