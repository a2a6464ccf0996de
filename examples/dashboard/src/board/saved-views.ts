import { useState } from 'preact/compat'
import { lastingTexts } from '../storage.ts'

/** A view under a name. */
export interface SavedView {
  name: string
  /** As in an address. */
  query: string
}

const key = 'ghmesh dashboard saved views'
const maxSaved = 20
export const maxNameLength = 40

/** What was saved; nothing for anything else, which another page of this origin may have written. */
export function savedViewsIn(text: string | undefined): SavedView[] {
  try {
    const all: unknown = JSON.parse(text ?? '[]')
    const isSaved = (one: SavedView | null) => typeof one?.name === 'string' && typeof one.query === 'string'
    return Array.isArray(all) ? all.filter(isSaved).slice(0, maxSaved) : []
  } catch {
    return []
  }
}

const readSavedViews = () => savedViewsIn(lastingTexts.read(key))

/** Views under names, in this browser. Saving under a name that is taken replaces it. */
export function useSavedViews() {
  const [saved, setSaved] = useState(readSavedViews)
  /** Other tabs may have saved some since this one read them. */
  const keep = (change: (views: SavedView[]) => SavedView[]) => {
    const views = change(readSavedViews())
    lastingTexts.keep(key, JSON.stringify(views))
    setSaved(views)
  }
  return {
    saved,
    save: (name: string, query: string) =>
      keep((views) =>
        [...views.filter((one) => one.name !== name), { name: name.slice(0, maxNameLength), query }].slice(-maxSaved)
      ),
    forget: (name: string) => keep((views) => views.filter((one) => one.name !== name))
  }
}
