import type { StoredFile } from './contract.ts';

/** A file during upload: announced, then received, then completed, once each. */
interface Upload extends StoredFile {
  /** Announced size, bytes. */
  length: number;
  received: boolean;
  completed: boolean;
}

export interface Files {
  uploads: Map<string, Upload>;
}

export function createFiles(): Files {
  return { uploads: new Map() };
}

/**
 * Extracts the file's bytes from an upload's body: the only part of a multipart body, which web-api sends, or a whole
 * plain body.
 * @returns null for a multipart body without a part
 */
export function uploadedContent(contentType: string, body: Buffer): Buffer | null {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!boundary) return body;
  const headerEnd = body.indexOf('\r\n\r\n');
  const partEnd = body.indexOf(`\r\n--${boundary}`, headerEnd);
  return headerEnd < 0 || partEnd < 0 ? null : body.subarray(headerEnd + 4, partEnd);
}
