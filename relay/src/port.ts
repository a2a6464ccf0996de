/** A port number, 0 for any free port, or `off` for none. */
export type Port = number | 'off'
