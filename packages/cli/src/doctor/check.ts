/** One line of `ghmesh doctor`. */
export interface Check {
  name: string
  status: 'ok' | 'warning' | 'failure'
  message: string
  /** What to do about it. */
  fix?: string | undefined
}

/** What a check has found; doctor.ts names it. */
export type Finding = Omit<Check, 'name'>

export const ok = (message: string): Finding => ({ status: 'ok', message })
export const warning = (message: string, fix?: string): Finding => ({ status: 'warning', message, fix })
export const failure = (message: string, fix: string): Finding => ({ status: 'failure', message, fix })
/** Something else has to be fixed first. */
export const notChecked = (why: string): Finding => warning(`not checked: ${why}`)
