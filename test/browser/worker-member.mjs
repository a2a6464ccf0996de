/** Joins the group, reads one answer and leaves. Returns what it saw. */
async function visit(createMesh, { options, url }) {
  const asked = []
  const mesh = await createMesh({
    ...options,
    fetch(input, init) {
      asked.push(input instanceof Request ? input.url : String(input))
      return fetch(input, init)
    }
  })
  try {
    while (mesh.peers().length === 0) await mesh.get('nothing')
    const [peer] = mesh.peers()
    const response = await mesh.fetch(url)
    return {
      body: await response.json(),
      cacheStatus: response.headers.get('cache-status'),
      asked,
      peer,
      peerId: mesh.peerId,
      addresses: mesh.addresses
    }
  } finally {
    await mesh.stop()
  }
}

async function answer(createMesh, { data, ports: [port] }) {
  try {
    port.postMessage({ scope: globalThis.constructor.name, seen: await visit(createMesh, data) })
  } catch (error) {
    port.postMessage({ scope: globalThis.constructor.name, error: `${error}\n${error?.stack}`, code: error?.code })
  }
}

/** Answers the page that has started this Worker, SharedWorker or service worker. */
export function serve(createMesh) {
  globalThis.addEventListener('message', (event) => {
    const answered = answer(createMesh, event)
    // A service worker is kept alive for a message only as long as it says so.
    event.waitUntil?.(answered)
  })
  globalThis.addEventListener('connect', ({ ports: [port] }) => {
    port.onmessage = (event) => void answer(createMesh, event)
  })
}
