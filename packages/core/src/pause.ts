/**
 * Lets whatever else is waiting run first. A message rather than a timer: a hidden page's timers fire once a second, and
 * nested ones wait four milliseconds (HTML standard, "timer initialization steps").
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
