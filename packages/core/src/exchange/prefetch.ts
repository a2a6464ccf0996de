import { hex } from '../bytes.ts'
import type { Names } from '../group/group.ts'
import type { Limits } from '../limits.ts'
import type { Allowances } from '../peers/allowances.ts'
import { isHomeOf } from './homes.ts'

/** A body that a member has said to hold; `named`: the group in whose names the wire key was said. */
export interface Wanted {
  peerId: string
  wireKey: Uint8Array
  named: Names
  /** The body that is meant; absent: the newest that the member has under the key. */
  hash?: Uint8Array | undefined
}

export interface PrefetchOptions {
  limits: Pick<Limits, 'listKeys'>
  /** Bytes: a peer that keeps announcing large bodies must not keep this member busy fetching them. */
  allowance: Allowances
  self(): string
  /** The other members that this one knows. */
  known(): string[]
  /** Resolves to how many bytes came. Where it rejects, none counts. */
  pull(wanted: Wanted): Promise<number>
}

const atOnce = 4

/** Fetches bodies that were announced without being sent, where this member is one of their homes: they outlive their sender. */
export function createPrefetch({ limits, allowance, self, known, pull }: PrefetchOptions) {
  const waiting: Wanted[] = []
  let running = 0
  let stopped = false

  async function run(): Promise<void> {
    for (let next = waiting.shift(); next && !stopped; next = waiting.shift()) {
      const left = allowance(next.peerId)
      if (left.take()) left.spend(await pull(next).catch(() => 0))
    }
  }
  return {
    add(wanted: Wanted): void {
      if (waiting.length >= limits.listKeys || !isHomeOf(hex(wanted.wireKey), self(), known())) return
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
