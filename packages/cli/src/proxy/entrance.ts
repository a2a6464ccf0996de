/** How a client connected. */
export type Entrance = { kind: 'socket'; path: string } | { kind: 'port'; port: number }
