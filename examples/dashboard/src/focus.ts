const focusable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'

/** An element around the one with the focus, and what stands beside it. */
interface Step {
  parent: Element
  /** The nearest first. */
  after: Element[]
  before: Element[]
}

/**
 * When the element that has the focus goes away, gives the focus to what is next to it instead of letting it fall to the
 * body, from where a keyboard would have to begin again: the next of a list, else the one before, else what took its place.
 */
export function keepFocus(document: Document): void {
  let focused: Element | undefined
  let path: Step[] = []

  document.addEventListener('focusin', ({ target }) => {
    focused = target as Element
    path = pathOf(focused)
  })
  document.addEventListener('focusout', () => {
    // Some browsers send this for elements that are just being removed: those are still of interest afterwards.
    queueMicrotask(() => {
      if (document.activeElement === document.body && focused?.isConnected) focused = undefined
    })
  })
  new MutationObserver(() => {
    if (!focused || focused.isConnected || document.activeElement !== document.body) return
    const kind = kindOf(focused)
    focused = undefined
    heirOf(path, kind)?.focus()
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('main')?.focus()
  }).observe(document, { subtree: true, childList: true })
}

/** Escape closes the part that is unfolded around the focus, and leads back to what unfolded it. A dialog does so by itself. */
export function closeByEscape(document: Document): void {
  document.addEventListener('keydown', ({ key, defaultPrevented }) => {
    const details = key === 'Escape' && !defaultPrevented && document.activeElement?.closest('details[open]')
    if (!details) return
    details.removeAttribute('open')
    details.querySelector('summary')?.focus()
  })
}

function pathOf(element: Element): Step[] {
  const path: Step[] = []
  for (
    let at = element;
    at.parentElement && at.localName !== 'main' && at.localName !== 'dialog';
    at = at.parentElement
  ) {
    const siblings = [...at.parentElement.children]
    const index = siblings.indexOf(at)
    path.push({
      parent: at.parentElement,
      after: siblings.slice(index + 1),
      before: siblings.slice(0, index).reverse()
    })
  }
  return path
}

const kindOf = ({ localName, className }: Element) => `${localName} ${className}`

function heirOf(path: Step[], kind: string): HTMLElement | undefined {
  for (const { parent, after, before } of path.filter(({ parent }) => parent.isConnected)) {
    // In the next row, what is of the same kind: a person who removes one thing may want to remove another.
    const likeIt = (element: Element) => within(element).find((one) => kindOf(one) === kind)
    const heirs = [
      ...after.map((element) => likeIt(element) ?? within(element)[0]),
      ...before.map((element) => likeIt(element) ?? within(element).at(-1))
    ]
    const heir = heirs.find((element) => element?.isConnected) ?? within(parent)[0]
    if (heir) return heir
  }
  return undefined
}

const within = (element: Element): HTMLElement[] => [
  ...(element.matches(focusable) ? [element as HTMLElement] : []),
  ...element.querySelectorAll<HTMLElement>(focusable)
]
