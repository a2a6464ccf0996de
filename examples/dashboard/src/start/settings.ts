import { lastingTexts, tabTexts } from '../storage.ts'

/** How this tab takes part. Without a secret: with a cache of its own and nobody else. */
export interface Settings {
  secret?: string | undefined
  relays: string[]
  token?: string | undefined
}

// A token must not follow an address that names another API.
const keyFor = (apiUrl: string) => `ghmesh dashboard ${apiUrl}`

/** What this tab was told before, else what this device remembers. */
export function readSettings(apiUrl: string): Settings | undefined {
  return settingsIn(tabTexts.read(keyFor(apiUrl))) ?? settingsIn(lastingTexts.read(keyFor(apiUrl)))
}

/** Undefined for anything else, which another page of this origin may have written. */
function settingsIn(text: string | undefined): Settings | undefined {
  if (text === undefined) return undefined
  try {
    const { secret, relays, token } = JSON.parse(text)
    const isText = (value: unknown) => typeof value === 'string'
    const isOptional = (value: unknown) => value === undefined || isText(value)
    const isWhole = isOptional(secret) && isOptional(token) && Array.isArray(relays) && relays.every(isText)
    return isWhole ? { secret, relays, token } : undefined
  } catch {
    return undefined
  }
}

/** Until this tab is closed. What the device remembers stays: a link that somebody sent must not replace it. */
export function keepSettings(apiUrl: string, settings: Settings): void {
  tabTexts.keep(keyFor(apiUrl), JSON.stringify(settings))
}

/** True if the next visit begins with these settings. */
export const isRemembered = (apiUrl: string, settings: Settings | undefined): boolean =>
  settings !== undefined && lastingTexts.read(keyFor(apiUrl)) === JSON.stringify(settings)

/**
 * Keeps them for this tab; for the next visit, too, if the reader wants that. What the device remembers is forgotten only where
 * the reader saw it remembered (`wasRemembered`): in the tab of a visit it is somebody's other settings.
 */
export function saveSettings(
  apiUrl: string,
  settings: Settings,
  { isToBeRemembered, wasRemembered }: { isToBeRemembered: boolean; wasRemembered: boolean }
): void {
  keepSettings(apiUrl, settings)
  if (isToBeRemembered) remember(apiUrl, settings)
  else if (wasRemembered) remember(apiUrl, undefined)
}

/** For the next visit and for other tabs, or for neither. */
export function remember(apiUrl: string, settings: Settings | undefined): void {
  if (settings) lastingTexts.keep(keyFor(apiUrl), JSON.stringify(settings))
  else lastingTexts.forget(keyFor(apiUrl))
}
