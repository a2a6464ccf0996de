import { messageOf } from '../errors.ts'
import type { Output } from '../output.ts'
import { type Check, type Finding, failure } from './check.ts'

/** What the checks have found, printed as they end. */
export interface Report {
  readonly checks: readonly Check[]
  /** Prints what was found, even if the check fails. */
  check(name: string, work: () => Finding | Promise<Finding>): Promise<Finding['status']>
}

export function createReport(output: Output, signal: AbortSignal): Report {
  const checks: Check[] = []
  return {
    checks,
    async check(name, work) {
      const done = output.waiting(`Checking ${name}`)
      const finding = await (async () => work())()
        .catch((error: unknown) => failure(`it could not be checked: ${messageOf(error)}`, 'try again'))
        .finally(done)
      signal.throwIfAborted()
      checks.push({ name, ...finding })
      output.line(`${finding.status.padEnd(8)} ${name}: ${finding.message}`)
      if (finding.fix !== undefined) output.line(`${' '.repeat(9)}fix: ${finding.fix}`)
      return finding.status
    }
  }
}
