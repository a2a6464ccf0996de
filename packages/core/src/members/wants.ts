import { hex } from '../bytes.ts'
import type { Group } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import { homesOf } from './homes.ts'

/** A body that a member has said to hold; `named`: the group in whose names the wire key was said. */
export interface Wanted {
  peerId: string
  wireKey: Uint8Array
  named: Group
}

export interface WantsOptions {
  limits: Pick<Limits, 'listKeys'>
  /** This member and those it is connected to. */
  everybody(): string[]
  self(): string
  pull(wanted: Wanted): Promise<void>
}

const atOnce = 4

/** Fetches bodies that were announced without being sent, where this member is one of their homes: they outlive their sender. */
export function createWants({ limits, everybody, self, pull }: WantsOptions) {
  const waiting: Wanted[] = []
  let running = 0
  let stopped = false

  async function run(): Promise<void> {
    for (let next = waiting.shift(); next && !stopped; next = waiting.shift()) await pull(next)
  }
  return {
    add(wanted: Wanted): void {
      if (waiting.length >= limits.listKeys || !homesOf(hex(wanted.wireKey), everybody()).includes(self())) return
      waiting.push(wanted)
      if (running >= atOnce) return
      running++
      void run().finally(() => running--)
    },
    stop(): void {
      stopped = true
    }
  }
}
