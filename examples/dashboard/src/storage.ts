/** Texts by name, in memory where the browser refuses its storage or has no room. */
function createTexts(storage: () => Storage) {
  const refused = new Map<string, string>()
  return {
    read(name: string): string | undefined {
      try {
        return refused.get(name) ?? storage().getItem(name) ?? undefined
      } catch {
        return undefined
      }
    },
    keep(name: string, text: string): void {
      try {
        storage().setItem(name, text)
        refused.delete(name)
      } catch {
        refused.set(name, text)
      }
    },
    forget(name: string): void {
      refused.delete(name)
      try {
        storage().removeItem(name)
      } catch {
        // a storage that is refused has kept nothing
      }
    }
  }
}

/** Until this tab is closed. */
export const tabTexts = createTexts(() => sessionStorage)
/** For all tabs, and the next visit. */
export const lastingTexts = createTexts(() => localStorage)
