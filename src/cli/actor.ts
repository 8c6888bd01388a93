import { userInfo } from 'node:os';

/** Who acts, for the audit: `cli:` and the user of the operating system. In a container that may be a number without a name. */
export function actor(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}
