import { createHash } from 'node:crypto'
import type { Json } from 'ghmesh'

/** What a writer tells readers, in a named value: which entry they should have now. */
export type Receipt = {
  source: 'github' | 'synthetic'
  url: string
  status: number
  bytes: number
  /** Hash of the body, in hex. */
  sha256: string
  writtenBy: string
  writtenAt: string
  /** The body of a synthetic entry, which exists nowhere else. */
  body?: string
}

/** How long a receipt lives: a test should leave no lasting traces in the group. */
export const receiptTtlMs = 600_000

export const receiptName = (target: string): string => `ghmesh smoke ${target}`

export const sha256 = (body: Uint8Array | string): string => createHash('sha256').update(body).digest('hex')

/** Reads a member's receipt; undefined for anything else, because other versions and other programs may use the same name. */
export function readReceipt(value: Json | undefined): Receipt | undefined {
  const receipt = value as Partial<Receipt> | null | undefined
  if (typeof receipt?.url !== 'string' || typeof receipt.bytes !== 'number' || typeof receipt.sha256 !== 'string')
    return undefined
  if (receipt.source === 'github') return receipt as Receipt
  // A synthetic entry proves itself: its body came with it.
  const proven =
    receipt.source === 'synthetic' && typeof receipt.body === 'string' && sha256(receipt.body) === receipt.sha256
  return proven ? (receipt as Receipt) : undefined
}

/** The receipt as it is printed: named like the other figures, and without the body. */
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
