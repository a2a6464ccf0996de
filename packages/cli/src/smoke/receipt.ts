import { createHash } from 'node:crypto'
import type { Json } from 'ghmesh'

/** What a writer leaves for readers under a name of its own: which entry they should hold now. */
export type Receipt = {
  source: 'github' | 'synthetic'
  url: string
  status: number
  bytes: number
  /** Hex, of the body. */
  sha256: string
  writtenBy: string
  writtenAt: string
  /** Of a synthetic entry, which is nowhere else. */
  body?: string
}

/** A test leaves no lasting traces in the group. */
export const receiptTtlMs = 600_000

export const receiptName = (target: string): string => `ghmesh smoke ${target}`

export const sha256 = (body: Uint8Array | string): string => createHash('sha256').update(body).digest('hex')

/** A member's receipt if it is one: other versions, and other programs of the group, may use the same name. */
export function readReceipt(value: Json | undefined): Receipt | undefined {
  const receipt = value as Partial<Receipt> | null | undefined
  if (typeof receipt?.url !== 'string' || typeof receipt.bytes !== 'number' || typeof receipt.sha256 !== 'string')
    return undefined
  if (receipt.source === 'github') return receipt as Receipt
  // A made-up entry proves itself: its body came along.
  const proven =
    receipt.source === 'synthetic' && typeof receipt.body === 'string' && sha256(receipt.body) === receipt.sha256
  return proven ? (receipt as Receipt) : undefined
}

/** The receipt as output shows it: named like the other figures there, and without the body. */
export const reportEntry = ({ source, url, status, bytes, sha256, writtenBy, writtenAt }: Receipt) => ({
  source,
  url,
  status,
  bytes,
  sha256,
  written_by: writtenBy,
  written_at: writtenAt
})

export type EntryReport = ReturnType<typeof reportEntry>
