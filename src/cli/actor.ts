import { userInfo } from 'node:os';

/** The actor in the audit log: `cli:` and the operating system's user. A container may have a user id without a name. */
export function actor(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}
