/** Whether two sets of properties say the same: each value is the same, or an object of small values that are. */
export function sameFields<T extends object>(a: T, b: T): boolean {
  const isSame = (x: unknown, y: unknown) =>
    x === y || (isPlain(x) && isPlain(y) && JSON.stringify(x) === JSON.stringify(y))
  return (Object.keys(b) as (keyof T)[]).every((key) => isSame(a[key], b[key]))
}

const isPlain = (value: unknown) => typeof value === 'object' && value !== null
