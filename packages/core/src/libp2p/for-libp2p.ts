import type { AbortOptions } from '../abort.ts'

/** The same options for libp2p: it takes an undefined signal for none, which its types do not say. */
export const forLibp2p = <T extends AbortOptions>(options: T) => options as Omit<T, 'signal'> & { signal?: AbortSignal }
