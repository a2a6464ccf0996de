import { type MeshStats, told } from '../stats.ts'

/** A member's figures as it told them: what is no sensible number is left out. */
export function readStats(figures: Record<string, unknown>): Partial<MeshStats> {
  const sensible = (value: unknown) => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
  return Object.fromEntries(told.filter((name) => sensible(figures[name])).map((name) => [name, figures[name]]))
}
