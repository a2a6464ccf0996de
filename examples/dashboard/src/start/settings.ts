import { tabTexts } from '../storage.ts'

/** How this tab takes part. Without a secret: with a cache of its own and nobody else. */
export interface Settings {
  secret?: string | undefined
  relays: string[]
  token?: string | undefined
}

// A token must not follow an address that names another API.
const keyFor = (apiUrl: string) => `ghmesh dashboard ${apiUrl}`

/** What this tab was told before; it forgets when it is closed. */
export function readSettings(apiUrl: string): Settings | undefined {
  const kept = tabTexts.read(keyFor(apiUrl))
  return kept === undefined ? undefined : (JSON.parse(kept) as Settings)
}

export function keepSettings(apiUrl: string, settings: Settings): void {
  tabTexts.keep(keyFor(apiUrl), JSON.stringify(settings))
}
