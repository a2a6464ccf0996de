const dayMs = 86_400_000

/** The time of day, in hours and minutes; with the weekday where it could be taken for another day's. */
export const clock = (at: number, now = Date.now()): string =>
  new Date(at).toLocaleTimeString('en', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(Math.abs(now - at) > dayMs / 2 && { weekday: 'short' })
  })
