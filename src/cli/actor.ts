import { userInfo } from 'node:os';

/** The operating system's user, as the audit names it. In a container the user may have a number and no name. */
export function actor(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}
