import { readOptions as readOrRefuse } from '../src/read-options.ts'
import { wrongOption } from '../src/wrong-option.ts'

/** As `createMesh` does: what cannot be used is thrown. */
export const readOptions = (...given: Parameters<typeof readOrRefuse>) => {
  const result = readOrRefuse(...given)
  if ('wrong' in result) throw wrongOption(result.wrong)
  return result.read
}
