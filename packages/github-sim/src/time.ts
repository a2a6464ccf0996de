/** GitHub's time format: ISO 8601 in UTC without fractions. */
export function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** The moment the seeded data was last touched: 2026-01-05T12:00:00Z, in ms. */
export const dataTime = Date.UTC(2026, 0, 5, 12)

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs
