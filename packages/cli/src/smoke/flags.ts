/** The options of `ghmesh smoke`. */
export interface SmokeFlags {
  read?: boolean
  write?: boolean
  localTwoNode?: boolean
  target: string
  synthetic?: boolean
  waitSeconds: number
  pollInterval: number
  listenPort?: number
  cacheDir?: string
  registryRepo?: string
  sharedSecret?: string
  disableDiscovery?: boolean
  verbose?: boolean
  json?: boolean
}
