/** Where a client came in. */
export type Door = { kind: 'socket' } | { kind: 'port'; port: number }
