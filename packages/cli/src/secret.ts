import process from 'node:process'
import { createSecret } from 'ghmesh'

export function secret(): void {
  process.stdout.write(`${createSecret()}\n`)
}
