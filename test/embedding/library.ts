import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/commands.ts'

const folder = join(root, 'packages/core/dist/browser')

/** The files for pages, by the path at which a site serves them: the entry is `/ghmesh.js`. */
export const libraryFiles = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .map((name) => [`/${name}`, readFileSync(join(folder, name), 'utf8')])
  )
