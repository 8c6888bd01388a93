/** What was acquired, to be given back last-in first-out, once; one that fails does not stop the rest. */
export interface Releases {
  add(name: string, release: () => Promise<void> | void): void;
  /** Failures by name, for the log. */
  releaseAll(): Promise<{ name: string; error: unknown }[]>;
}

export function createReleases(): Releases {
  const stack: { name: string; release: () => Promise<void> | void }[] = [];
  return {
    add: (name, release) => stack.push({ name, release }),
    async releaseAll() {
      const failures: { name: string; error: unknown }[] = [];
      for (let entry = stack.pop(); entry; entry = stack.pop()) {
        try {
          await entry.release();
        } catch (error) {
          failures.push({ name: entry.name, error });
        }
      }
      return failures;
    },
  };
}
