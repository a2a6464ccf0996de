import type { GitHub } from '@ghmesh/github-sim'
import type { Relay } from '@ghmesh/relay'
import type { Mesh } from 'ghmesh'

export interface World {
  github: GitHub
  readonly relay: Relay
  startRelayAgain(): Promise<void>
  relayAddress: string
  members: { name: string; mesh: Mesh; refresh(): Promise<void> }[]
  secret: string
  site: string
  address: string
  addressWith(other?: { names?: string[] | undefined; secret?: string; relay?: string }): string
  stop(): Promise<void>
}

export function startWorld(options?: { port?: number; everyMs?: number }): Promise<World>
