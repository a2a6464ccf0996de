import { type ComponentType, useEffect, useState } from 'preact/compat'

const rest: (() => Promise<unknown>)[] = []

/**
 * A part of the page whose code is loaded when it is first shown, or by `loadTheRest`. From then on it is there at once.
 * Nothing stands in its place: what it does when it appears, such as taking the focus, it does when its code is here.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let part: ComponentType<Props> | undefined
  let loading: Promise<void> | undefined
  const loadOnce = () => {
    loading ??= load().then(
      (loaded) => {
        part = loaded
      },
      (error: unknown) => {
        loading = undefined
        throw error
      }
    )
    return loading
  }
  rest.push(loadOnce)

  return function Later(props: Props) {
    const [, setLoaded] = useState(false)
    // With each rendering, for an attempt may fail: the connection may be back by then.
    useEffect(() => {
      if (!part)
        loadOnce().then(
          () => setLoaded(true),
          () => {}
        )
    })
    const Part = part
    return Part ? <Part {...props} /> : null
  }
}

/** Loads all of them ahead of time: a page that stays open needs no server for what is opened later. */
export async function loadTheRest(): Promise<void> {
  await Promise.allSettled(rest.map((load) => load()))
}
