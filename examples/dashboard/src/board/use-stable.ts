import { useRef } from 'preact/compat'

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** The same small objects, each the one from before where it says the same, so that its row need not be drawn again. */
export function useStable<T extends object>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const before = useRef(new Map<string, T>())
  const after = new Map(
    items.map((item) => {
      const known = before.current.get(keyOf(item))
      return [keyOf(item), known && isSame(known, item) ? known : item]
    })
  )
  before.current = after
  return [...after.values()]
}
