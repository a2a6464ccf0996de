/** Where a client came in. */
export type Entrance = { kind: 'socket'; path: string } | { kind: 'port'; port: number }
