import type { Config } from './config.ts';

/** A setting that is allowed and leaves something unjudged. */
export interface ConfigWarning {
  text: string;
  remedy: string;
}

/** Returns what the config leaves unjudged. It starts all the same. */
export function configWarnings({ environments }: Config): ConfigWarning[] {
  if (environments.some(({ production }) => production)) return [];
  return [
    {
      text: 'no environment has production: true, so several checks judge nothing and no item has to be configured',
      remedy: 'set production: true for the environment that has real contracts',
    },
  ];
}
