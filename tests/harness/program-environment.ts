/**
 * What the program under test has of this process's environment, beside what `more` names. Without
 * npm's own variables: they would have it watch for its parent's end. With the runner's compile
 * cache: a program that is killed writes none, and each one after it would compile it all again.
 */
export function programEnvironment(
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { PATH = "", NODE_COMPILE_CACHE: cache } = process.env;
  return { PATH, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }), ...more };
}
