/*
 * For a relay that is made of libp2p: what speaks ghmesh's protocols on its node. The declarations are those of libp2p, and need
 * the DOM library as those do.
 */
export { createExchange, type ExchangeOptions } from './exchange.ts'
export { createProbe } from './probe.ts'
export { stopNode } from './stop-node.ts'
