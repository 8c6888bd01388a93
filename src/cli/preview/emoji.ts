/** Emoji that status messages use, by Slack's names. Others stay `:name:`. */
const emoji: Record<string, string> = {
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  warning: '⚠️',
  question: '❓',
  grey_question: '❔',
  exclamation: '❗',
  information_source: 'ℹ️',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  large_green_circle: '🟢',
  large_yellow_circle: '🟡',
  large_orange_circle: '🟠',
  red_circle: '🔴',
  large_blue_circle: '🔵',
  white_circle: '⚪',
  black_circle: '⚫',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  arrows_counterclockwise: '🔄',
  repeat: '🔁',
  fast_forward: '⏩',
  mag: '🔍',
  lock: '🔒',
  unlock: '🔓',
  key: '🔑',
  bell: '🔔',
  no_bell: '🔕',
  memo: '📝',
  clipboard: '📋',
  page_facing_up: '📄',
  bar_chart: '📊',
  calendar: '📅',
  clock1: '🕐',
  alarm_clock: '⏰',
  eyes: '👀',
  tada: '🎉',
  rocket: '🚀',
  bulb: '💡',
  wave: '👋',
  wastebasket: '🗑️',
  link: '🔗',
  gear: '⚙️',
  wrench: '🔧',
  shield: '🛡️',
  zzz: '💤',
  new: '🆕',
  heavy_plus_sign: '➕',
  heavy_minus_sign: '➖',
  arrow_right: '➡️',
  thumbsup: '👍',
  thumbsdown: '👎',
};

export function emojiNamed(name: string): string {
  return Object.hasOwn(emoji, name) ? (emoji[name] ?? '') : `:${name}:`;
}

/** Text with the `:names:` of known emoji replaced. */
export function withEmoji(text: string): string {
  return text.replace(/:([a-z0-9_+-]+):/g, (_, name: string) => emojiNamed(name));
}
