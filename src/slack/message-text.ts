/** Parts of a message that say how it is built and not what it says. */
const structural = new Set([
  'type',
  'block_id',
  'action_id',
  'callback_id',
  'style',
  'color',
  'name',
  'range',
]);

/** All text of a message as the Slack API gives it: plain, in blocks, in attachments; without Slack's escapes. */
export function messageText(message: unknown): string {
  return textsIn(message)
    .map((text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
    .join('\n');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (structural.has(key) ? [] : textsIn(inner)));
}
