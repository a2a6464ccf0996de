import { useEffect, useState } from 'preact/compat'
import { takeSecret } from './address.ts'
import { isRemembered, readSettings, type Settings, saveSettings } from './settings.ts'

/** This tab's settings; an address with a secret that is opened in it later counts, too. */
export function useSettings(
  apiUrl: string
): [Settings | undefined, (settings: Settings, isToBeRemembered: boolean) => void] {
  const [settings, setSettings] = useState(() => readSettings(apiUrl))
  useEffect(() => {
    const take = () => {
      // Other fragments only lead to a place in the page.
      if (takeSecret(apiUrl)) setSettings(readSettings(apiUrl))
    }
    window.addEventListener('hashchange', take)
    return () => window.removeEventListener('hashchange', take)
  }, [apiUrl])
  const save = (changed: Settings, isToBeRemembered: boolean) => {
    saveSettings(apiUrl, changed, { isToBeRemembered, wasRemembered: isRemembered(apiUrl, settings) })
    setSettings(changed)
  }
  return [settings, save]
}
