/** Bounds an LRU cache by its entries as `max` does, which would make room for all of them at once: 15 ms for 100,000. */
export const atMost = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 })
