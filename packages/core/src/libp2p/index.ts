/*
 * For a relay that is made of libp2p: what speaks ghmesh's protocols on its node, and what spares it frames and writes. The declarations are those of libp2p, and need
 * the DOM library as those do.
 */
export { createExchange, type ExchangeOptions } from './exchange.ts'
export { noiseInOnePiece, yamuxWithFewUpdates } from './fewer-frames.ts'
export { withFewerWrites } from './fewer-writes.ts'
export { createProbe } from './probe.ts'
export { stopNode } from './stop-node.ts'
