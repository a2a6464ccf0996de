/** Resolves once a database of IndexedDB is gone: who opens it before waits, for longer than a store has. */
export const forget = (database: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(database)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  })
