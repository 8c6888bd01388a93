import { environmentLabel } from '../text/environment-label.ts';
import type { Config, DriftIgnore } from './config.ts';
import { isRuleActive } from './drift-rules.ts';
import { modelOf } from './requirements-for.ts';

/** A setting that is allowed and leaves something unjudged. */
export interface ConfigWarning {
  text: string;
  remedy: string;
}

/**
 * Returns what the config leaves unjudged. It starts all the same.
 * @param now epoch ms UTC
 */
export const configWarnings = (config: Config, now: number): ConfigWarning[] => [
  ...unjudged(config),
  ...config.drift.ignore.flatMap((rule, index) => ruleWarnings(rule, `drift.ignore[${index}]`, now)),
];

function ruleWarnings(rule: DriftIgnore, place: string, now: number): ConfigWarning[] {
  const everything = /^\*[*/]*$/.test(rule.path);
  return [
    ...(everything
      ? [
          {
            text: `${place} (path: ${JSON.stringify(rule.path)}) ignores every difference, so drift shows nothing`,
            remedy: 'name a path as diff prints it, such as "templates/Trial *"',
          },
        ]
      : []),
    ...(isRuleActive(rule, now)
      ? []
      : [
          {
            text: `${place} (path: ${JSON.stringify(rule.path)}) ignores nothing since its last day, ${rule.until}`,
            remedy: 'remove it, or set a later until',
          },
        ]),
  ];
}

function unjudged(config: Config): ConfigWarning[] {
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
