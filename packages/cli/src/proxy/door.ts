/** Where a client came in. */
export type Door = { kind: 'socket'; path: string } | { kind: 'port'; port: number }
