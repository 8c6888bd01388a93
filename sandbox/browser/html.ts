/** Markup that is safe to send: every inserted value was escaped or is Html itself. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

export type Part = Html | string | number | false | null | undefined | readonly Part[];

/** Template tag for markup. It escapes inserted values, joins lists, and renders false, null and undefined as nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(
    strings.map((text, index) => text + (index < parts.length ? shown(parts[index]) : '')).join(''),
  );
}

export const nothing = new Html('');

/** JSON for an attribute that the page's script reads. */
export const json = (value: unknown): string => JSON.stringify(value);

function shown(part: Part): string {
  if (part instanceof Html) return part.markup;
  if (part === false || part === null || part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return part.map(shown).join('');
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
