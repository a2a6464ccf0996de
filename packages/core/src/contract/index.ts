export type { Awaitable, ContractTest } from './contract.ts'
export { type DiscoveryContractSetup, discoveryContract } from './discovery.ts'
export { type StoreContractSetup, storeContract } from './store.ts'
export { type TransportContractSetup, transportContract } from './transport.ts'
