import { environmentLabel } from '../text/environment-label.ts';
import type { Config } from './config.ts';
import { modelOf } from './requirements-for.ts';

/** A setting that is allowed and leaves something unjudged. */
export interface ConfigWarning {
  text: string;
  remedy: string;
}

/** Returns what the config leaves unjudged. It starts all the same. */
export function configWarnings(config: Config): ConfigWarning[] {
  const production = config.environments.filter((environment) => environment.production);
  if (production.length === 0)
    return [
      {
        text: 'no environment has production: true, so several checks judge nothing and no item has to be configured',
        remedy: 'set production: true for the environment that has real contracts',
      },
    ];
  const withoutModel = production.filter(({ name }) => modelOf(config, name) === null);
  return [
    ...withoutModel.map((environment) => ({
      text: `${environmentLabel(environment)} has no model, so nothing shows that the integration was validated before`,
      remedy: `add a drift pair with ${environment.name} on the right, or promotion.from`,
    })),
    ...config.notApplicable
      .filter(({ item }) => item === 'credentials' || item === 'host')
      .map(({ item }) => ({
        text: `notApplicable declares ${item}, which is judged all the same`,
        remedy: 'remove that entry',
      })),
  ];
}
