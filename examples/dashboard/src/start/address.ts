import { keepSettings, readSettings } from './settings.ts'

/** GitHub's API, unless the address names another: `?api=`. */
export const apiUrlOf = (search: string): string =>
  (new URLSearchParams(search).get('api') ?? 'https://api.github.com').replace(/\/+$/, '')

/**
 * Takes `#secret=...&relay=...` out of the address bar, and so out of the history and of screens that are shared, and keeps
 * it for this tab. A token that was entered before stays.
 */
export function takeSecret(apiUrl: string): void {
  const given = new URLSearchParams(location.hash.slice(1))
  const secret = given.get('secret')
  if (secret === null && !given.has('relay')) return
  history.replaceState(null, '', location.pathname + location.search)
  const before = readSettings(apiUrl)
  keepSettings(apiUrl, {
    secret: secret ?? before?.secret,
    relays: given.has('relay') ? given.getAll('relay') : (before?.relays ?? []),
    token: before?.token
  })
}
