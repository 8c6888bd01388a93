import { type Fields, isFields } from '../../slack/validation.ts';
import type { RenderContext } from './render-context.ts';
import { fieldsIn, plainText } from './text.ts';

export interface Option {
  value: string;
  label: string;
  description: string;
  /** Only options of an overflow menu can have one. */
  url: string | null;
}

export interface OptionGroup {
  label: string | null;
  options: Option[];
}

/** The options of a menu, radio buttons or checkboxes. A user or channel menu offers the people or channels. */
export function optionGroups(element: Fields, context: RenderContext): OptionGroup[] {
  const type = String(element.type);
  if (type.includes('users_select')) return [named(context.people, '@')];
  if (/(conversations|channels)_select/.test(type)) return [named(context.channels, '#')];
  if (Array.isArray(element.option_groups))
    return fieldsIn(element.option_groups).map((group) => ({
      label: plainText(group.label),
      options: fieldsIn(group.options).map(optionOf),
    }));
  return [{ label: null, options: fieldsIn(element.options).map(optionOf) }];
}

/** Values that are selected at first. */
export function initialValues(element: Fields): string[] {
  const chosen = [
    element.initial_option,
    element.initial_options,
    element.initial_user,
    element.initial_users,
    element.initial_conversation,
    element.initial_conversations,
    element.initial_channel,
    element.initial_channels,
  ].flat();
  return chosen.flatMap((each) => {
    if (isFields(each)) return [String(each.value)];
    return typeof each === 'string' ? [each] : [];
  });
}

export const isMultiple = (element: Fields): boolean => /^(multi_|checkboxes)/.test(String(element.type));

const optionOf = (option: Fields): Option => ({
  value: String(option.value ?? ''),
  label: plainText(option.text),
  description: plainText(option.description),
  url: typeof option.url === 'string' ? option.url : null,
});

const named = (list: readonly { id: string; name: string }[], mark: string): OptionGroup => ({
  label: null,
  options: list.map(({ id, name }) => ({ value: id, label: `${mark}${name}`, description: '', url: null })),
});
