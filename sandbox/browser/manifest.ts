import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

const manifestSchema = z.object({
  features: z.object({
    slash_commands: z.array(z.object({ command: z.string(), description: z.string() })),
    shortcuts: z.array(
      z.object({ name: z.string(), type: z.enum(['message', 'global']), callback_id: z.string() }),
    ),
  }),
});

export interface MessageShortcut {
  name: string;
  callbackId: string;
}

/** App features that Slack shows. */
export interface Manifest {
  /** The slash command, with its slash. */
  command: string;
  shortcuts: MessageShortcut[];
}

export function readManifest(): Manifest {
  const file = new URL('../../manifest.yml', import.meta.url);
  const { features } = manifestSchema.parse(parse(readFileSync(file, 'utf8')));
  const [command] = features.slash_commands;
  if (!command) throw new Error('manifest.yml names no slash command');
  return {
    command: command.command,
    shortcuts: features.shortcuts.flatMap(({ type, name, callback_id }) =>
      type === 'message' ? [{ name, callbackId: callback_id }] : [],
    ),
  };
}
