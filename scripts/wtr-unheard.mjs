// Before each spec in a browser: an error in a promise that nobody hears fails the test in which it was thrown, as Node does it.
const unheard = []
addEventListener('unhandledrejection', ({ reason }) => unheard.push(reason))
const fail = () => {
  const [error] = unheard.splice(0)
  if (error !== undefined) throw error
}
afterEach(fail)
after(fail)
