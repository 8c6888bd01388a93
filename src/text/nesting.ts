/** Levels of objects and lists that are handed on as JSON. Real payloads have about 10; readers of JSON fail from some hundreds. */
export const MAX_NESTING = 200;

/** True for JSON that is nested so deeply that writing it, or walking its value, could exhaust the stack. Parsing does not. */
export function isNestedDeeply(json: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const mark = json[at];
    if (mark === '"') inText = !inText;
    else if (mark === '\\' && inText) at += 1;
    else if (inText) continue;
    else if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (depth > MAX_NESTING) return true;
  }
  return false;
}
