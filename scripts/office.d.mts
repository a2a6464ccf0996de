export const office: readonly string[]
