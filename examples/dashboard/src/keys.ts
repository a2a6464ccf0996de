/** What single keys do. */
export interface KeyActions {
  search(): void
  refresh(): void
  help(): void
}

const rowLinks = '[data-panel] .row .row-main :is(a, button)'

/** Moves the focus to the next (or the one before) of all rows. */
function moveBy(document: Document, step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(rowLinks)]
  const row = document.activeElement?.closest('.row')
  const at = links.findIndex((link) => link.closest('.row') === row)
  const next = at === -1 ? (step === 1 ? 0 : links.length - 1) : at + step
  links[next]?.focus()
}

function open(document: Document): void {
  document.activeElement?.closest('.row')?.querySelector<HTMLElement>('.row-main :is(a, button)')?.click()
}

/** Where letters are text, or belong to a dialog. */
const takesText = (element: Element | null): boolean => element?.closest('input, textarea, select, dialog') != null

/** What holding a key down does again and again. */
const repeatable = new Set(['j', 'k'])

/** Listens for single keys, while nothing is written, until the returned function is called. */
export function listenToKeys(document: Document, { search, refresh, help }: KeyActions): () => void {
  const actions: Record<string, () => void> = {
    '/': search,
    j: () => moveBy(document, 1),
    k: () => moveBy(document, -1),
    o: () => open(document),
    r: refresh,
    '?': help
  }
  const listen = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey, defaultPrevented, repeat } = event
    if (ctrlKey || metaKey || altKey || defaultPrevented || takesText(document.activeElement)) return
    const action = Object.hasOwn(actions, key) ? actions[key] : undefined
    if (!action || (repeat && !repeatable.has(key))) return
    event.preventDefault()
    action()
  }
  document.addEventListener('keydown', listen)
  return () => document.removeEventListener('keydown', listen)
}
