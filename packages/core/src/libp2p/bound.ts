/** The same object with some parts replaced; its methods still work on the object itself. */
export function bound<T extends object>(target: T, parts: Partial<T>): T {
  return new Proxy(target, {
    get(_target, name) {
      if (name in parts) return parts[name as keyof T]
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}
