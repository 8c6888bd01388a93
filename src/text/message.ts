import type { KnownBlock } from '@slack/types';

/** A Slack message: blocks, and the plain text that phones and screen readers show instead. */
export interface Message {
  /** Escaped for mrkdwn. */
  text: string;
  blocks: KnownBlock[];
}
