import type { StoredFile } from './contract.ts';

/** A file on its way: announced, then its bytes uploaded, then completed, once each. */
interface Upload extends StoredFile {
  /** Bytes announced. */
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
 * The file's bytes out of an upload's body: web-api sends multipart with one part, and a plain body is taken whole.
 * @returns null for a multipart body without a part
 */
export function uploadedContent(contentType: string, body: Buffer): Buffer | null {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!boundary) return body;
  const headerEnd = body.indexOf('\r\n\r\n');
  const partEnd = body.indexOf(`\r\n--${boundary}`, headerEnd);
  return headerEnd < 0 || partEnd < 0 ? null : body.subarray(headerEnd + 4, partEnd);
}
