import type { Transport } from 'ghmesh'

/** A transport that reaches others only as `may` says: as if a NAT stood between. */
export function between(transport: Transport, may: (address: string) => boolean): Transport {
  return new Proxy(transport, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (name !== 'dial') return typeof value === 'function' ? value.bind(target) : value
      return async (address: string, options?: object) => {
        if (!may(address)) throw new Error(`no way to ${address}`)
        return target.dial(address, options)
      }
    }
  })
}
/** A circuit, and no WebRTC that begins with one. */
export const isCircuit = (address: string) => address.includes('/p2p-circuit/p2p/')
