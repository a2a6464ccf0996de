import { InvalidArgumentError } from 'commander'

export function repository(text: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(text)) throw new InvalidArgumentError('It must be owner/repo.')
  return text
}

export function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 86_400))
    throw new InvalidArgumentError('It must be 0 to 86400 seconds.')
  return value
}

export function pause(text: string): number {
  const value = seconds(text)
  if (value < 0.01) throw new InvalidArgumentError('It must be at least 0.01 seconds.')
  return value
}

export function port(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new InvalidArgumentError('It must be a port from 0 to 65535; 0 picks any free one.')
  return value
}

/** Adds one more value of an option that can be repeated. */
export const collect = (text: string, before: string[] = []): string[] => [...before, text]
