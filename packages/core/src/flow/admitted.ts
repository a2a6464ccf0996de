import type { Entry } from '../entry.ts'
import type { LeaseEnd } from '../exchange/lease.ts'
import type { ApiRequest } from '../github/request.ts'

/** An entry that was made or renewed, and what members that wait for it can have; absent where it stays here. */
export interface Admitted {
  entry: Entry
  told?: Promise<LeaseEnd> | undefined
}

/** An entry is held, new or seen current, and may be told to members if it is public or the group shares all. */
export type AnnounceEntry = (request: ApiRequest, key: string, entry: Entry, wasPublic?: boolean) => Promise<LeaseEnd>
