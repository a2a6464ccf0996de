import type { ProbeReport } from 'ghmesh'
import { bareTransport } from './transport.ts'
import { type Why, whyNot } from './why.ts'

/** Who answered a probe, or why nobody did. */
export type Reached = { report: ProbeReport } | { why: Why }

const rounds = 5

/** Probes an address as a peer without a group, until somebody answers, the reason is known, or time is up. */
export async function reach(address: string, waitMs: number, signal: AbortSignal): Promise<Reached> {
  const transport = await bareTransport()
  const late = AbortSignal.timeout(waitMs)
  const either = AbortSignal.any([signal, late])
  try {
    for (;;) {
      try {
        return { report: await transport.probe(address, { signal: either, rounds }) }
      } catch (error) {
        signal.throwIfAborted()
        const why = await whyNot(error, address, transport.peers().length > 0)
        // libp2p gives up sooner than the user may want.
        if (why.reason !== 'timeout' || late.aborted) return { why }
      }
    }
  } finally {
    await transport.stop()
  }
}
