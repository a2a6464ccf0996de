/** What GitHub last said of a limit. */
export interface Quota {
  limit: number
  remaining: number
  /** Milliseconds since the epoch. */
  resetAt: number
}
