export function ensureBrowser(): string
export function packaged(from?: string): string | undefined
export const browserFlags: readonly string[]
