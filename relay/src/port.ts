/** A port, 0 for any free one; `off` leaves that way in out. */
export type Port = number | 'off'
