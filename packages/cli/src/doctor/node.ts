import process from 'node:process'
import { type Finding, failure, ok } from './check.ts'

/** Whether this Node has what ghmesh needs; its version was looked at before anything was loaded. */
export function checkNode(versions: NodeJS.ProcessVersions = process.versions): Finding {
  if (versions.sqlite !== undefined) return ok(`${versions.node}, with SQLite ${versions.sqlite}`)
  return failure(
    `${versions.node} was built without SQLite, so nothing can be kept on disk`,
    'install Node from https://nodejs.org'
  )
}
