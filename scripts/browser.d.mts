export function ensureBrowser(): string
export const browserFlags: readonly string[]
