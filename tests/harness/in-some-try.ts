/**
 * Does it again until it succeeds, and throws as it failed last: for programs that hold against
 * time what they do, on a machine that has other work.
 */
export async function inSomeTry<T>(most: number, act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (tries === most) throw error;
    }
  }
}
