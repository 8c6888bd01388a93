import type { Config } from './config.ts';
import type { Secret } from './secret.ts';

/** Every secret in the config, for masking them in logs and messages. */
export function configuredSecrets({ environments, record, slack }: Config): Secret[] {
  const ofEnvironments = environments.flatMap(({ credentials, intake }) => [
    credentials.clientId,
    credentials.clientSecret,
    ...(intake ? [intake.token] : []),
  ]);
  if (record.key) ofEnvironments.push(record.key);
  if (!slack) return ofEnvironments;
  const ofMode = slack.mode.kind === 'socket' ? slack.mode.appToken : slack.mode.signingSecret;
  return [...ofEnvironments, slack.botToken, ofMode];
}
