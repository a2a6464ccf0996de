/** Serves the files of a folder on this machine alone, as any static host would. */
export function serveFolder(folder: string, port?: number): Promise<{ url: string; stop(): Promise<void> }>
