import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** A command of a dependency, run by this Node: what lies in `.bin` is no program on Windows. */
export function tool(name, { of = name, workspace = '.' } = {}) {
  const folder = join(root, workspace, 'node_modules', of)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return [process.execPath, join(folder, typeof bin === 'string' ? bin : bin[name])]
}

export const tsc = tool('tsc', { of: 'typescript' })
